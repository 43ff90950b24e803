import { type Phrase, type Token, holdsPhrase, phraseOf } from "./tokens.ts";

/** A reason not to store what a sentence or clause says, as phrases that give it away wherever they stand. */
export interface Guard {
  readonly name: string;
  readonly phrases: readonly Phrase[];
  readonly example: string;
}

/** A row of a table of guards; the phrases are written as {@link phraseOf} reads them. */
export const guard = (name: string, example: string, ...phrases: readonly string[]): Guard => ({
  name,
  example,
  phrases: phrases.map(phraseOf),
});

const WISH = "look|looking|search|searching|seek|seeking|need|needs|want|wants|hire|hiring|interested";

/** The clause says that there is no such wish: it is neither stored nor suggested. */
export const denials: readonly Guard[] = [
  guard("negated", "I am not looking for a job.", `not|never|nobody|nothing to? ${WISH}`),
  guard("over", "I used to look for investors.", "used to", "stopped", "no longer|more", "any more", "anymore"),
  guard("past", "We were looking for a van.", `was|were|had been? ${WISH}`),
];

/** The sentence may hold a wish, but not one that the writer plainly has now: it is only suggested. */
export const doubts: readonly Guard[] = [
  guard(
    "reported",
    "She told me, we need a van.",
    "said|says|say|told|tells|wrote|writes|asked|asks|claims|claimed|replied|heard|thinks|thought|believes|mentioned",
  ),
  guard("conditional", "If it rains, I'm looking for a tent.", "if|unless|whether|suppose|perhaps|maybe|might"),
];

/** True when one of the guards recognises the tokens. */
export const caughtBy = (guards: readonly Guard[], tokens: readonly Token[]): boolean =>
  guards.some(({ phrases }) => phrases.some((phrase) => holdsPhrase(phrase, tokens)));
