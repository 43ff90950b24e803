import type { Json } from "../kernel/json.ts";

/** One member of an object: a whole value, or a list whose rows come one by one. */
interface Member {
  readonly name: string;
  /** Begun only when the members before it are written. */
  read(): Promise<Json> | AsyncIterable<Json>;
}

/** Text as a person reads it; no string of JSON holds a line break of its own. */
const written = (value: Json, indent: string): string => JSON.stringify(value, null, 2).replaceAll("\n", `\n${indent}`);

async function* rows(list: AsyncIterable<Json>): AsyncGenerator<string> {
  let none = true;
  for await (const row of list) {
    yield `${none ? "[" : ","}\n    ${written(row, "    ")}`;
    none = false;
  }
  yield none ? "[]" : "\n  ]";
}

/** An object as JSON text, piece by piece: only one row of a list is held at a time. */
export async function* jsonText(members: readonly Member[]): AsyncGenerator<string> {
  let before = "{";
  for (const { name, read } of members) {
    yield `${before}\n  ${JSON.stringify(name)}: `;
    const value = read();
    if (Symbol.asyncIterator in value) yield* rows(value);
    else yield written(await value, "  ");
    before = ",";
  }
  yield before === "{" ? "{}\n" : "\n}\n";
}
