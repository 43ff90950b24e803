import * as z from "zod";
import { type ChainRecord, chainRecord, digest, hashOfRecord, readablePart, unlikeRecord } from "./chain.ts";
import {
  chainLeaf,
  checkpointBody,
  hashOfLeaf,
  isSigned,
  merklePath,
  publicKey,
  type ReceiptKey,
  rootOf,
  thumbprint,
} from "./checkpoint.ts";
import { canonicalJson, type Json } from "./json.ts";
import { sha256Text } from "./seal.ts";

/*
 * The file of a person's receipts: one canonical JSON document a line, each naming the digest of the line before it. First
 * a header with the public keys, then every record by lane and sequence, then every checkpoint that covers the chain, and
 * at last a signed line, so that a cut tail shows.
 */

const signature = z.string().regex(/^[\w-]{86}$/);

const headerLine = z.strictObject({
  type: z.literal("header"),
  format: z.literal("bellhop-receipts/1"),
  chain: z.uuid(),
  at: z.iso.datetime({ precision: 3 }),
  keys: z.array(publicKey),
  before: z.null(),
});
const recordLine = z.strictObject({
  type: z.literal("record"),
  record: chainRecord,
  hash: digest,
  /** Null where it was erased. */
  readable: readablePart.nullable(),
  before: digest,
});
const checkpointLine = z.strictObject({
  type: z.literal("checkpoint"),
  checkpoint: checkpointBody,
  leaf: chainLeaf,
  path: merklePath,
  signature,
  before: digest,
});
const endLine = z.strictObject({
  type: z.literal("end"),
  format: z.literal("bellhop-receipts-end/1"),
  chain: z.uuid(),
  at: z.iso.datetime({ precision: 3 }),
  kid: digest,
  records: z.int().min(0),
  checkpoints: z.int().min(0),
  before: digest,
  signature,
});
const anyLine = z.discriminatedUnion("type", [headerLine, recordLine, checkpointLine, endLine]);
type Line = z.output<typeof anyLine>;
type CheckpointLine = z.output<typeof checkpointLine>;
type EndLine = z.output<typeof endLine>;

/** A line as it is written, without the digest of the one before it. */
export type UnlinkedLine =
  | Omit<z.output<typeof headerLine>, "before">
  | Omit<z.output<typeof recordLine>, "before">
  | Omit<CheckpointLine, "before">;

/** One line as text, without its line break. */
export const lineText = (line: UnlinkedLine, before: string | null): string => canonicalJson({ ...line, before });

/** The digest by which the next line names this one. */
export const digestOfLine = (text: string): string => sha256Text(text);

/** What the last line signs. */
export const endBody = ({ signature: _signature, ...body }: EndLine): Json => body;

/** What a verifier found. */
export type Verdict =
  | {
      readonly ok: true;
      readonly chain: string;
      readonly records: number;
      /** Records of which nothing readable is left. */
      readonly erased: number;
      readonly lanes: number;
      readonly checkpoints: number;
      /** When the file was made, as its last line says. */
      readonly at: string;
      /** The keys that signed. */
      readonly kids: readonly string[];
    }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** The first thing that is wrong with a file. */
class BrokenFile extends Error {
  readonly line: number | undefined;
  constructor(reason: string, line?: number) {
    super(reason);
    this.line = line;
  }
}

/** What is known of the file so far. */
interface Reading {
  readonly trusted: readonly ReceiptKey[] | undefined;
  chain: string;
  keys: readonly ReceiptKey[];
  /** Digest of the line before; null at the start. */
  before: string | null;
  /** Hashes of the records of each lane, in order. */
  readonly lanes: Map<number, string[]>;
  records: number;
  erased: number;
  checkpoints: number;
  /** The last checkpoint read. */
  last: CheckpointLine | undefined;
  end: EndLine | undefined;
  readonly kids: Set<string>;
}

const broken = (reason: string): never => {
  throw new BrokenFile(reason);
};

function keyOf(reading: Reading, kid: string): ReceiptKey {
  const key = (reading.trusted ?? reading.keys).find((one) => one.kid === kid);
  if (!key) throw new BrokenFile(`it is signed by a foreign key (${kid})`);
  if (thumbprint(key) !== key.kid) throw new BrokenFile(`the key ${kid} is not the one that its id names`);
  reading.kids.add(kid);
  return key;
}

function readRecord(reading: Reading, record: ChainRecord, hash: string): void {
  const { lane, seq, prev } = record;
  if (reading.last) broken("a record stands behind a checkpoint");
  if (record.chain !== reading.chain) broken("the record belongs to another chain");
  const hashes = reading.lanes.get(lane) ?? [];
  const where = `record ${hashes.length + 1} of lane ${lane}`;
  if (hashes.length === 0 && [...reading.lanes.keys()].some((other) => other > lane))
    broken("the lanes are out of order");
  if (hashOfRecord(record) !== hash)
    broken(`the record was altered: it does not have its hash (record ${seq} of lane ${lane})`);
  if (seq !== hashes.length + 1) broken(`${where} is missing here; record ${seq} stands in its place`);
  if (prev !== (hashes.at(-1) ?? null)) broken(`${where} does not follow the record before it`);
  reading.lanes.set(lane, hashes);
  hashes.push(hash);
  reading.records += 1;
}

function readCheckpoint(reading: Reading, line: CheckpointLine): void {
  const { checkpoint, leaf, path } = line;
  if (leaf.chain !== reading.chain) broken("the checkpoint speaks of another chain");
  if (leaf.before !== (reading.last?.checkpoint.number ?? null)) broken("the checkpoint before this one is missing");
  if (reading.last && checkpoint.number <= reading.last.checkpoint.number) broken("the checkpoints are out of order");
  if (!isSigned(checkpoint, line.signature, keyOf(reading, checkpoint.kid)))
    broken("the checkpoint's signature is wrong");
  if (rootOf(hashOfLeaf(leaf), path) !== checkpoint.root)
    broken("the checkpoint does not cover what it is said to cover");
  const sum = leaf.lanes.reduce((records, [, seq]) => records + seq, 0);
  if (sum !== leaf.records) broken("the checkpoint's count is wrong");
  for (const [lane, seq, hash] of leaf.lanes) {
    if (reading.lanes.get(lane)?.[seq - 1] !== hash)
      broken(`checkpoint ${checkpoint.number} saw another record ${seq} of lane ${lane}, or that record is missing`);
  }
  reading.checkpoints += 1;
  reading.last = line;
}

function readEnd(reading: Reading, line: EndLine): void {
  if (line.chain !== reading.chain) broken("the end belongs to another chain");
  if (line.records !== reading.records)
    broken(`the file was made with ${line.records} records, and ${reading.records} are here`);
  if (line.checkpoints !== reading.checkpoints)
    broken(`the file was made with ${line.checkpoints} checkpoints, and ${reading.checkpoints} are here`);
  const { signature: signed } = line;
  if (!isSigned(endBody(line), signed, keyOf(reading, line.kid))) broken("the signature at the end is wrong");
  if (reading.records > 0 && reading.last?.leaf.records !== reading.records)
    broken("the last records are under no checkpoint");
  reading.end = line;
}

function parse(text: string): Line {
  const value = (): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      throw new BrokenFile("the line is no JSON");
    }
  };
  const line = anyLine.safeParse(value());
  if (!line.success) throw new BrokenFile("the line has not the form of a receipt file");
  if (canonicalJson(line.data) !== text) throw new BrokenFile("the line is not in canonical form");
  return line.data;
}

function readLine(reading: Reading, text: string, number: number): void {
  const line = parse(text);
  if (reading.end) broken("something stands behind the end");
  if ((number === 1) !== (line.type === "header"))
    broken(number === 1 ? "the file does not begin with its header" : "a second header");
  if (line.type === "header") {
    reading.chain = line.chain;
    reading.keys = line.keys;
  }
  if (line.type === "record") {
    readRecord(reading, line.record, line.hash);
    const unlike = line.readable && unlikeRecord(line.record, line.readable);
    if (unlike) broken(`the ${unlike} beside the record are not those that it was made of`);
    if (!line.readable) reading.erased += 1;
  }
  if (line.type === "checkpoint") readCheckpoint(reading, line);
  if (line.before !== reading.before) {
    throw new BrokenFile(
      `the line is not the one that line ${number} was written behind: it was altered, or lines were removed or put elsewhere`,
      number - 1,
    );
  }
  if (line.type === "end") readEnd(reading, line);
  reading.before = digestOfLine(text);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BrokenFile("the line is no UTF-8 text");
  }
}

/** The bytes of each line; the last one has `whole: false` where its line break is missing. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<{ bytes: Uint8Array; whole: boolean }> {
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = Buffer.concat([rest, piece]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      yield { bytes: rest.subarray(0, end), whole: true };
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield { bytes: rest, whole: false };
}

/**
 * Verifies a file of receipts, with nothing but the file and the keys: it reads piece by piece, and stops at the first
 * thing that is wrong.
 * @param trusted the server's published keys, got from the server and not from the file. Without them the file proves
 * that it is whole and unaltered since whoever made it, not who that was.
 */
export async function verifyReceiptFile(
  pieces: AsyncIterable<Uint8Array>,
  trusted?: readonly ReceiptKey[],
): Promise<Verdict> {
  const reading: Reading = {
    trusted,
    chain: "",
    keys: [],
    before: null,
    lanes: new Map(),
    records: 0,
    erased: 0,
    checkpoints: 0,
    last: undefined,
    end: undefined,
    kids: new Set(),
  };
  let number = 0;
  try {
    for await (const { bytes, whole } of linesOf(pieces)) {
      number += 1;
      if (!whole) broken("the line is cut off");
      readLine(reading, textOf(bytes), number);
    }
    number += 1;
    if (!reading.end) broken("the file is cut off: its signed end is missing");
  } catch (error) {
    if (error instanceof BrokenFile) return { ok: false, line: error.line ?? number, reason: error.message };
    throw error;
  }
  return verdictOf(reading);
}

const verdictOf = ({ chain, records, erased, lanes, checkpoints, end, kids }: Reading): Verdict => ({
  ok: true,
  chain,
  records,
  erased,
  lanes: lanes.size,
  checkpoints,
  at: end?.at ?? "",
  kids: [...kids],
});
