import { oneLine, type Rejection } from "./extraction/findings.ts";
import type { Cut, Place } from "./extraction/sections.ts";
import type { KeptIntent } from "./records/intents.ts";

/** What the text of an answer tells, so that a host without widgets loses nothing. */
export interface Told {
  readonly engine: string;
  readonly intents: readonly KeptIntent[];
  readonly suggestions: readonly Place[];
  readonly suggestionsLeftOut: number;
  readonly rejected: readonly Rejection[];
  readonly truncated: readonly Cut[];
}

/** Somebody's words between quotation marks on one line, so that nothing in them can look like ours. */
const quoted = (text: string): string => JSON.stringify(oneLine(text));

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

function heading({ engine, intents }: Told): string {
  const how = engine === "host" ? "proposed by the assistant and found in the text" : "recognised by fixed rules";
  if (intents.length === 0) return "No intent was stored.";
  const before = intents.filter((intent) => intent.alreadyStored).length;
  const known = before > 0 ? ` ${count(before, "of them was", "of them were")} stored before.` : "";
  return `${count(intents.length, "intent", "intents")}, ${how}.${known}`;
}

const intentLine = ({ id, payload, summary, section, quote, from, to }: KeptIntent): string =>
  `- ${quoted(payload)}${summary ? ` (${quoted(summary)})` : ""}, id ${id}, from ${section} ${from}-${to}: ${quoted(quote)}`;

const part = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length > 0 ? [title, ...lines] : [];

/** The whole answer as text. */
export function textOf(told: Told): string {
  const more = told.suggestionsLeftOut > 0 ? ` ${count(told.suggestionsLeftOut, "more is", "more are")} left out.` : "";
  return [
    heading(told),
    ...told.intents.map(intentLine),
    ...part(
      `Not stored, but these may hold intents; call again with candidateIntents for those that the user means.${more}`,
      told.suggestions.map(({ section, quote, from, to }) => `- ${section} ${from}-${to}: ${quoted(quote)}`),
    ),
    ...part(
      "Not accepted:",
      told.rejected.map(({ payload, reason }) => `- ${quoted(payload)}: ${reason}`),
    ),
    ...part(
      "Beyond the limit and not read, counted in characters:",
      told.truncated.map(({ section, from, to }) => `- ${section} from ${from} to ${to}`),
    ),
  ].join("\n");
}
