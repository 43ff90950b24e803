import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import * as z from "zod";
import { digest } from "./chain.ts";
import { canonicalJson, type Json } from "./json.ts";
import { sha256Text } from "./seal.ts";

/*
 * A checkpoint is a signature under many chains at once. Each chain with news gives one leaf, which names the last record
 * of each of its lanes; the leaves are folded in pairs into one root, and the root is signed. A person's leaf and the few
 * hashes beside its way to the root prove that their records stood so at that time, and say nothing of anybody else.
 */

/** What a checkpoint says of one chain. */
export const chainLeaf = z.strictObject({
  chain: z.uuid(),
  /** Lane, last sequence number, hash of that record; by lane. */
  lanes: z.array(z.tuple([z.int().min(1), z.int().min(1), digest])).min(1),
  /** Records of the chain in all lanes. */
  records: z.int().min(1),
  /** Number of the checkpoint before that covers this chain; null in the first. */
  before: z.int().min(1).nullable(),
});
export type ChainLeaf = z.output<typeof chainLeaf>;

/** What is signed. */
export const checkpointBody = z.strictObject({
  format: z.literal("bellhop-checkpoint/1"),
  number: z.int().min(1),
  /** Hash of the checkpoint before; null in the first. */
  previous: digest.nullable(),
  at: z.iso.datetime({ precision: 3 }),
  /** The key that signs: RFC 7638 thumbprint. */
  kid: digest,
  /** Chains under it, and the records of these chains. */
  chains: z.int().min(1),
  records: z.int().min(1),
  /** Root of the tree of leaves. */
  root: digest,
});
export type CheckpointBody = z.output<typeof checkpointBody>;

/** The hashes beside the way from a leaf to the root, from the leaf on, and on which side each stands. */
export const merklePath = z.array(z.tuple([z.enum(["left", "right"]), digest]));
export type MerklePath = z.output<typeof merklePath>;

/** A public key (RFC 8037 §2). */
export const publicKey = z.strictObject({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: digest,
  kid: digest,
});
export type ReceiptKey = z.output<typeof publicKey>;

/** RFC 7638 thumbprint of an Ed25519 key (RFC 8037 §2: members crv, kty, x). */
export const thumbprint = ({ crv, kty, x }: Pick<ReceiptKey, "crv" | "kty" | "x">): string =>
  sha256Text(canonicalJson({ crv, kty, x }));

/** Leaves and inner nodes are hashed apart (as in RFC 9162 §2.1.1), so that neither can be passed off as the other. */
export const hashOfLeaf = (leaf: Json): string => sha256Text(`leaf.${canonicalJson(leaf)}`);
const hashOfPair = (left: string, right: string): string => sha256Text(`node.${left}.${right}`);

/** Folds a level in pairs; one that is left over goes up as it is. */
function fold(level: readonly string[]): string[] {
  const above: string[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const [left = "", right] = [level[index], level[index + 1]];
    above.push(right === undefined ? left : hashOfPair(left, right));
  }
  return above;
}

/** The root over the hashes of leaves, and the path of each leaf. */
export function merkleTree(leaves: readonly string[]): {
  readonly root: string;
  readonly paths: readonly MerklePath[];
} {
  const paths: ["left" | "right", string][][] = leaves.map(() => []);
  let level = [...leaves];
  for (let width = 1; level.length > 1; width *= 2) {
    const here = level;
    paths.forEach((path, leaf) => {
      const index = Math.floor(leaf / width);
      const isRight = index % 2 === 1;
      const beside = here[isRight ? index - 1 : index + 1];
      if (beside !== undefined) path.push([isRight ? "left" : "right", beside]);
    });
    level = fold(level);
  }
  return { root: level[0] ?? "", paths };
}

/** Where the path leads to. */
export const rootOf = (leaf: string, path: MerklePath): string =>
  path.reduce((at, [side, beside]) => (side === "left" ? hashOfPair(beside, at) : hashOfPair(at, beside)), leaf);

/** Signs the canonical form (Ed25519, RFC 8032); base64url. */
export const signJson = (body: Json, key: KeyObject): string =>
  sign(null, Buffer.from(canonicalJson(body)), key).toString("base64url");

/** Whether this key signed this. */
export function isSigned(body: Json, signature: string, { kty, crv, x }: ReceiptKey): boolean {
  const key = createPublicKey({ key: { kty, crv, x }, format: "jwk" });
  const bytes = Buffer.from(signature, "base64url");
  // Base64url has spare bits at its end: the same bytes in another spelling are not the same file.
  if (bytes.toString("base64url") !== signature) return false;
  return verify(null, Buffer.from(canonicalJson(body)), key, bytes);
}

/** The hash by which the next checkpoint names this one. */
export const hashOfCheckpoint = (body: CheckpointBody): string => sha256Text(canonicalJson(body));
