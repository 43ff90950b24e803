/** Rows for one table. */
export interface CopyRows {
  /** The table and its columns, as SQL: `notes (id, text)`. */
  readonly into: string;
  readonly rows: readonly (readonly CopyField[])[];
}

/** One field: what has another type in its table goes as the text that PostgreSQL reads. */
export type CopyField = string | number | null;

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

const field = (value: CopyField): string => {
  if (value === null) return "\\N";
  if (typeof value === "number") return String(value);
  return special.test(value) ? value.replaceAll(/[\\\t\n\r]/g, (character) => escapes[character] ?? character) : value;
};

const rowText = (row: readonly CopyField[]): string => `${row.map(field).join("\t")}\n`;

/** One message of the protocol: its letter, its length with these four bytes, its text (PostgreSQL §55.7). */
function message(letter: string, text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const out = Buffer.allocUnsafe(bytes + 5);
  out.write(letter, 0, "latin1");
  out.writeInt32BE(bytes + 4, 1);
  out.write(text, 5, bytes === text.length ? "latin1" : "utf8");
  return out;
}

/**
 * Rows of several tables as one write: the statement and all its data leave together, without waiting for the server to
 * ask for them. Statements of one query are one transaction, so all rows are stored or none. The same bytes go to
 * PostgreSQL's socket and into PGlite. What it costs and saves: `docs/decisions.md`.
 */
export function copyMessage(tables: readonly CopyRows[]): Buffer {
  const statement = tables.map(({ into }) => `copy ${into} from stdin`).join("; ");
  const data = tables.flatMap(({ rows }) => [message("d", rows.map(rowText).join("")), message("c", "")]);
  return Buffer.concat([message("Q", `${statement}\0`), ...data]);
}

/** An error that the server answered with: its SQLSTATE and its sentence. */
export class CopyRefused extends Error {
  readonly code: string;
  constructor(code: string, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** The fields of an ErrorResponse, by their letters. */
const fieldsOf = (body: Buffer): ReadonlyMap<string, string> =>
  new Map(
    body
      .toString("utf8")
      .split("\0")
      .filter((part) => part !== "")
      .map((part) => [part.slice(0, 1), part.slice(1)]),
  );

/** @throws CopyRefused when the server's answer holds an error. */
export function requireCopied(answer: Uint8Array): void {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
  for (let at = 0; at < bytes.length; at += 1 + bytes.readInt32BE(at + 1)) {
    if (bytes[at] !== "E".charCodeAt(0)) continue;
    const fields = fieldsOf(bytes.subarray(at + 5, at + 1 + bytes.readInt32BE(at + 1)));
    throw new CopyRefused(fields.get("C") ?? "XX000", fields.get("M") ?? "The database refused the rows.");
  }
}
