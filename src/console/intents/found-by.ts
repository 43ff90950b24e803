import type { Intent } from "../contract.ts";

const engines: Readonly<Record<string, string>> = {
  host: "Found by your assistant and checked",
  rules: "Found by fixed rules",
};

const sections: Readonly<Record<string, string>> = {
  fullInputText: "in what you wrote",
  rawText: "in a file that you gave",
};

const known = (names: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(names, name) ? names[name] : undefined;

/** Where an intent came from, in words; an engine that this page does not know keeps its own name. */
export function foundBy({ engine, section }: Pick<Intent, "engine" | "section">): string {
  const who = known(engines, engine) ?? `Found by ${engine.slice(0, 40)}`;
  const where = known(sections, section);
  return where === undefined ? who : `${who}, ${where}`;
}
