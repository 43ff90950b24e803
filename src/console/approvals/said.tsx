import { legible } from "../../ui/legible.ts";
import { Words } from "../parts/words.tsx";

interface SaidProps {
  readonly text: string;
  /** Characters that are shown of it. */
  readonly limit?: number;
}

/**
 * Words that the person decides by. Beside what {@link Words} does, controls that turn the order of what is read are
 * left out: an amount must not be read from the wrong end.
 */
export const Said = ({ text, limit = 320 }: SaidProps) => (
  <Words text={legible(text, limit)} limit={limit} none="(nothing)" />
);
