import type { Place } from "./sections.ts";

/** The words just before and after a place. */
export interface Surroundings {
  readonly before: string;
  readonly after: string;
}

/** Code points that are kept on each side: enough to recognise the text, too few to hold it. */
const REACH = 160;

/** What stands around a place in the whole text of its section. */
export function surroundingsOf(text: string, { from, to }: Place): Surroundings {
  const characters = Array.from(text);
  return {
    before: characters.slice(Math.max(0, from - REACH), from).join(""),
    after: characters.slice(to, to + REACH).join(""),
  };
}
