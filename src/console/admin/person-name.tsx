import { Words } from "../parts/words.tsx";
import type { Person } from "./contract.ts";

/** How somebody is called: by the name that they gave, and what they sign in with. */
export const PersonName = ({ person }: { readonly person: Pick<Person, "label" | "displayName"> }) => (
  <>
    {person.displayName !== null && (
      <>
        <Words text={person.displayName} limit={60} />,{" "}
      </>
    )}
    <Words text={person.label} limit={80} none="nobody’s name" />
  </>
);
