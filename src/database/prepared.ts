import { type PGlite, parse, protocol } from "@electric-sql/pglite";
import type { CompiledQuery } from "kysely";

const { serialize } = protocol;

/** A value as the text that PostgreSQL reads. */
const textOf = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

/** Rows are what their statement says, as with every statement that is asked through Kysely. */
export const rowsOf = <Row>(_statement: CompiledQuery<Row>, rows: readonly unknown[]): readonly Row[] =>
  rows.filter((row): row is Row => typeof row === "object" && row !== null);

/**
 * Statements that PGlite keeps, parsed and planned. Its own `query` plans each anew, and sends it in five messages of which
 * each goes through the whole of PostgreSQL's loop; here they are one.
 * @returns asks within the locks of PGlite, which its caller holds.
 */
export function keepPrepared(pglite: PGlite) {
  const kept = new Set<string>();
  return async <Row>(name: string, statement: CompiledQuery<Row>): Promise<readonly Row[]> => {
    const { sql: text, parameters } = statement;
    // One whose last use failed may be there or not, or be of a table as it was: closed first, it can be parsed either way.
    const first = kept.delete(name) ? [] : [serialize.close({ type: "S", name }), serialize.parse({ name, text })];
    const use = [
      serialize.bind({ statement: name, values: parameters.map(textOf) }),
      serialize.describe({ type: "P" }),
    ];
    const message = Buffer.concat([...first, ...use, serialize.execute({}), serialize.sync()]);
    const { messages } = await pglite.execProtocol(message, { syncToFs: false });
    kept.add(name);
    const [result] = parse.parseResults(messages, pglite.parsers);
    return rowsOf(statement, result?.rows ?? []);
  };
}
