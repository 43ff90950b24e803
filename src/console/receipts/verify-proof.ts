import { type Guarded, isListOf, isNullOr, isNumber, isShape, isText } from "../../ui/guards.ts";
import type { Receipt } from "../contract.ts";

/*
 * The proof of a receipt, verified in the browser: hashes and signatures are computed here, so that nothing of what the
 * server says is believed but its published key.
 */

const isKey = isShape({ kty: isText, crv: isText, x: isText, kid: isText });
const isRecord = isShape({
  args: isText,
  at: isText,
  chain: isText,
  facts: isText,
  kind: isText,
  lane: isNumber,
  prev: isNullOr(isText),
  receipt: isText,
  result: isNullOr(isText),
  seq: isNumber,
});
const isReadable = isShape({
  salt: isText,
  facts: isText,
  argsDigest: isText,
  args: isNullOr(isText),
  resultDigest: isNullOr(isText),
  result: isNullOr(isText),
});
const isAnything = (_value: unknown): _value is unknown => true;
const isCovered = isShape({
  checkpoint: isShape({ at: isText, kid: isText, number: isNumber, root: isText }),
  leaf: isShape({ chain: isText, lanes: isListOf(isListOf(isAnything)) }),
  path: isListOf(isListOf(isText)),
  signature: isText,
});
const isProven = isShape({ links: isListOf(isRecord), readable: isNullOr(isReadable), covered: isCovered });

export const isReceiptProof = isShape({ receiptId: isText, records: isListOf(isProven), keys: isListOf(isKey) });
export const isKeySet = isShape({ keys: isListOf(isKey) });

/** What `GET /api/receipts/:id/proof` answers with. */
export type ReceiptProof = Guarded<typeof isReceiptProof>;
export type ReceiptKeys = Guarded<typeof isKeySet>["keys"];
type Proven = Guarded<typeof isProven>;
type Readable = Guarded<typeof isReadable>;

/** What came of it, and what can be read of the call. */
export type ProofVerdict =
  | {
      readonly state: "holds";
      readonly signedAt: string;
      readonly asked: string | null;
      readonly answered: string | null;
    }
  | { readonly state: "broken"; readonly reason: string }
  /** This browser cannot compute it: on plain HTTP, or it does not know Ed25519. */
  | { readonly state: "unable" };

/** RFC 8785, for what was parsed from JSON. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

const sha256 = async (text: string): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));

const rootOf = (leaf: string, path: readonly (readonly string[])[]): Promise<string> =>
  path.reduce(async (below, [side, beside = ""]) => {
    const at = await below;
    return sha256(side === "left" ? `node.${beside}.${at}` : `node.${at}.${beside}`);
  }, Promise.resolve(leaf));

async function isSigned({ covered }: Proven, keys: ReceiptKeys): Promise<boolean> {
  const found = keys.find(({ kid }) => kid === covered.checkpoint.kid);
  if (!found) return false;
  const { kty, crv, x } = found;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x }, { name: "Ed25519" }, false, ["verify"]);
  const signed = new TextEncoder().encode(canonical(covered.checkpoint));
  return crypto.subtle.verify({ name: "Ed25519" }, key, bytesOf(covered.signature), signed);
}

/** Why the record is not tied to the signature; undefined when it is. */
async function loose(proven: Proven, keys: ReceiptKeys): Promise<string | undefined> {
  const { links, covered } = proven;
  let before: string | undefined;
  for (const link of links) {
    if (before !== undefined && link.prev !== before) return "A record behind it was altered.";
    before = await sha256(canonical(link));
  }
  const last = links.at(-1);
  const end = canonical([last?.lane, last?.seq, before]);
  if (!covered.leaf.lanes.some((lane) => canonical(lane) === end)) return "The record was altered.";
  const root = await rootOf(await sha256(`leaf.${canonical(covered.leaf)}`), covered.path);
  if (root !== covered.checkpoint.root) return "The signed checkpoint does not cover it.";
  return (await isSigned(proven, keys)) ? undefined : "The signature is not by this server's published key.";
}

/** The facts that are shown and that the record was made of. */
const shownFacts = [
  "argsDigest",
  "channel",
  "clientName",
  "code",
  "effect",
  "outcome",
  "requestId",
  "startedAt",
  "tool",
] as const;

/** @param shown the receipt as it is shown, which the last record of it must say. */
async function unlike({ links: [record] }: Proven, part: Readable, shown?: Receipt): Promise<string | undefined> {
  const digest = (name: string, text: string): Promise<string> => sha256(`${part.salt}.${name}.${text}`);
  if ((await digest("facts", part.facts)) !== record?.facts) return "What it says of the call was altered.";
  if ((await digest("args", part.argsDigest)) !== record.args) return "What was asked was altered.";
  if (part.args !== null && (await sha256(part.args)) !== part.argsDigest) return "What was asked was altered.";
  const result = part.resultDigest === null ? null : await digest("result", part.resultDigest);
  if (result !== record.result) return "What was answered was altered.";
  if (part.result !== null && (await sha256(part.result)) !== part.resultDigest)
    return "What was answered was altered.";
  if (record.kind === "intent" || !shown) return undefined;
  const facts: unknown = JSON.parse(part.facts);
  const said = new Map<string, unknown>(Object.entries(facts ?? {}));
  return shownFacts.every((name) => said.get(name) === shown[name]) ? undefined : "This page shows something else.";
}

async function verdictOf(receipt: Receipt, proof: ReceiptProof, keys: ReceiptKeys): Promise<ProofVerdict> {
  const last = proof.records.at(-1);
  for (const proven of proof.records) {
    if (proven.links[0]?.receipt !== receipt.id) return { state: "broken", reason: "It belongs to another receipt." };
    const reason =
      (await loose(proven, keys)) ??
      (proven.readable ? await unlike(proven, proven.readable, proven === last ? receipt : undefined) : undefined);
    if (reason) return { state: "broken", reason };
  }
  if (!last) return { state: "broken", reason: "There is no record of it." };
  const { readable, covered } = last;
  const [asked, answered] = [readable?.args ?? null, readable?.result ?? null];
  return { state: "holds", signedAt: covered.checkpoint.at, asked, answered };
}

/** Verifies that a receipt, as it is shown, stands in the chain under a signature of the server. */
export async function verifyProof(receipt: Receipt, proof: ReceiptProof, keys: ReceiptKeys): Promise<ProofVerdict> {
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  if (subtle === undefined) return { state: "unable" };
  return verdictOf(receipt, proof, keys).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "NotSupportedError") return { state: "unable" };
    throw error;
  });
}
