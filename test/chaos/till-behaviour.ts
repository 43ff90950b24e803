import { createHash } from "node:crypto";

/** How the till takes an order. */
export interface Behaviour {
  readonly how: "pays" | "pays late" | "pays and waits" | "pays and loses" | "loses" | "breaks" | "refuses";
  /** For those that take time. */
  readonly ms: number;
}

const ways = [
  "pays",
  "pays",
  "pays",
  "pays late",
  "pays late",
  "pays and waits",
  "pays and waits",
  "pays and loses",
  "loses",
  "breaks",
  "refuses",
] as const;

const LONGEST_MS = 400;

/** Decided by the seed and the order alone, so that a run can be repeated. */
export function behaviourOf(seed: number, to: string): Behaviour {
  const hash = createHash("sha256").update(`${seed} ${to}`).digest();
  return { how: ways[hash.readUInt32BE(0) % ways.length] ?? "pays", ms: hash.readUInt32BE(4) % LONGEST_MS };
}
