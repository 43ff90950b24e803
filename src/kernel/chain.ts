import * as z from "zod";
import type { Receipt } from "./receipt.ts";
import { sha256Text } from "./seal.ts";

/*
 * The chain of receipts. Each record names the hash of the one before it in its lane, so none can be altered, left out or
 * put elsewhere without breaking what follows. A record holds digests and no word of its person: what it proves lies beside
 * it, with a salt, and can be erased without breaking the chain. Without its salt a digest proves nothing of anybody.
 */

/** The form of a digest: 32 bytes in base64url. */
export const digest = z.string().regex(/^[\w-]{43}$/);

/**
 * One link. `call` stands for a call that left one record, after it: a read, or what was refused before it began.
 * A change has two: `intent` before and `outcome` after; where the outcome was unknown, `evidence` says later what had
 * happened. `anchor` takes in a receipt that is older than the chain.
 */
export const chainRecord = z.strictObject({
  /** The person's chain. Who that is, only an erasable table knows. */
  chain: z.uuid(),
  /** Each process writes lanes of its own. */
  lane: z.int().min(1),
  /** 1, 2, 3 … in its lane. */
  seq: z.int().min(1),
  /** Hash of the record before it in its lane; null for the first. */
  prev: digest.nullable(),
  receipt: z.uuid(),
  kind: z.enum(["call", "intent", "outcome", "evidence", "anchor"]),
  /** When it was written, by the clock of its process: the order is that of `seq`, whatever clocks did. */
  at: z.iso.datetime({ precision: 3 }),
  /** Salted digests of what was asked, of the call's facts, and of what was answered. */
  args: digest,
  facts: digest,
  result: digest.nullable(),
});

export type ChainRecord = z.output<typeof chainRecord>;

/** The hash that the next record names: of the canonical form (RFC 8785). */
export const hashOfRecord = (record: ChainRecord): string => sha256Text(canonicalRecord(record));

/**
 * The canonical form, written down directly: no member holds a character that JSON escapes. Several times faster than
 * sorting the members anew for every call.
 */
const canonicalRecord = ({ args, at, chain, facts, kind, lane, prev, receipt, result, seq }: ChainRecord): string =>
  `{"args":"${args}","at":"${at}","chain":"${chain}","facts":"${facts}","kind":"${kind}","lane":${lane},"prev":${quoted(prev)},"receipt":"${receipt}","result":${quoted(result)},"seq":${seq}}`;

const quoted = (text: string | null): string => (text === null ? "null" : `"${text}"`);

/**
 * What a receipt says of its call, as text: what the digest of its facts is made of. Its members stand in their order and
 * none holds others, so that it is canonical (RFC 8785) without being sorted anew for every call.
 */
export function factsText(receipt: Receipt, kind: ChainRecord["kind"]): string {
  const { code, latencyMs, outcome } = endOf(receipt, kind);
  return JSON.stringify({
    argsDigest: receipt.argsDigest,
    channel: receipt.channel,
    clientId: receipt.clientId,
    clientName: receipt.clientName,
    code,
    effect: receipt.effect,
    grantId: receipt.grantId,
    latencyMs,
    outcome,
    requestId: receipt.requestId,
    startedAt: receipt.startedAt.toISOString(),
    tool: receipt.tool,
    userId: receipt.userId,
    // Left out where there is none: a receipt of before has the same text as ever.
    wallet: receipt.wallet,
  });
}

/** How the call stood when the record was written: an intent knew no outcome, and one in doubt no evidence. */
function endOf(receipt: Receipt, kind: ChainRecord["kind"]) {
  const { code, latencyMs, outcome } = receipt;
  if (kind === "intent") return { code: null, latencyMs: 0, outcome: "open" };
  return isInDoubt(receipt, kind)
    ? { code: "outcome_unknown", latencyMs, outcome: "unknown" }
    : { code, latencyMs, outcome };
}

const isInDoubt = ({ doubted }: Pick<Receipt, "doubted">, kind: ChainRecord["kind"]): boolean =>
  kind === "outcome" && doubted === true;

/** What was answered, as far as it was known when the record was written. */
const answeredBy = (receipt: Receipt, kind: ChainRecord["kind"]): Receipt["answered"] =>
  kind === "intent" || isInDoubt(receipt, kind) ? undefined : receipt.answered;

/** The digest of a part of a receipt. Its salt is random, kept in the erasable part alone. */
export const saltedDigest = (salt: string, part: "args" | "facts" | "result", text: string): string =>
  sha256Text(`${salt}.${part}.${text}`);

/** What is digested where nothing is known of the arguments: a receipt of an older version, or of an unreadable call. */
export const UNKNOWN = "";

/** The three digests of one record. */
export function digestsOf(
  receipt: Receipt,
  kind: ChainRecord["kind"],
  salt: string,
): Pick<ChainRecord, "args" | "facts" | "result"> {
  const answered = answeredBy(receipt, kind);
  return {
    args: saltedDigest(salt, "args", receipt.asked?.digest ?? UNKNOWN),
    facts: saltedDigest(salt, "facts", factsText(receipt, kind)),
    result: answered ? saltedDigest(salt, "result", answered.digest) : null,
  };
}

/** The readable part of a record, as a file or a proof carries it. Null in its place: it was erased. */
export const readablePart = z.strictObject({
  salt: z.string(),
  /** Canonical JSON. */
  facts: z.string(),
  /** SHA-256 of the arguments, without what is secret; empty where nothing was known of them. */
  argsDigest: z.string(),
  /** The arguments as canonical JSON; null where they were too long to be kept. */
  args: z.string().nullable(),
  resultDigest: z.string().nullable(),
  result: z.string().nullable(),
});

export type ReadablePart = z.output<typeof readablePart>;

/** The readable part of a record of this receipt. */
export function readableOf(receipt: Receipt, kind: ChainRecord["kind"], salt: string): ReadablePart {
  const answered = answeredBy(receipt, kind);
  return {
    salt,
    facts: factsText(receipt, kind),
    argsDigest: receipt.asked?.digest ?? UNKNOWN,
    args: receipt.asked?.text ?? null,
    resultDigest: answered?.digest ?? null,
    result: answered?.text ?? null,
  };
}

const isOf = (text: string | null, expected: string | null): boolean => text === null || sha256Text(text) === expected;

/** The first part of what is readable that is not what the record was made of; undefined when all of it is. */
export function unlikeRecord(record: ChainRecord, part: ReadablePart): "facts" | "arguments" | "answer" | undefined {
  if (saltedDigest(part.salt, "facts", part.facts) !== record.facts) return "facts";
  if (saltedDigest(part.salt, "args", part.argsDigest) !== record.args) return "arguments";
  if (!isOf(part.args, part.argsDigest)) return "arguments";
  const result = part.resultDigest === null ? null : saltedDigest(part.salt, "result", part.resultDigest);
  return result === record.result && isOf(part.result, part.resultDigest) ? undefined : "answer";
}
