import type { Database, Handle } from "../database/handle.ts";
import {
  type ChainLeaf,
  type CheckpointBody,
  hashOfCheckpoint,
  hashOfLeaf,
  merkleTree,
  signJson,
} from "../kernel/checkpoint.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { openReceiptKey, receiptKeySealer, rotateReceiptKey, type SigningKey } from "./receipt-keys.ts";
import {
  databaseTime,
  insertCheckpoint,
  type LastCheckpoint,
  lastCheckpoint,
  lockCheckpoints,
  selectUncovered,
  type UncoveredChain,
} from "./records/checkpoints.ts";

/** Signs what the chains say. */
export interface Checkpoints {
  /**
   * Puts every chain with news under a new checkpoint, if there is one.
   * @param only this chain alone, for whoever cannot wait.
   * @returns how many chains it covers.
   */
  make(only?: string): Promise<number>;
  /** Runs work with the key that signs. */
  withKey<T>(work: (key: SigningKey) => T): Promise<T>;
  /** Puts a new key in the place of the one that signs, and returns its id. */
  rotate(): Promise<string>;
}

/** A record is added before its transaction ends, and no transaction of ours takes longer than this. */
const OVERLAP_SECONDS = 300;
/** Chains under one checkpoint; what is left waits for the next. */
const MOST_CHAINS = 5_000;

const leafOf = ({ chain, lanes, records, before }: UncoveredChain): ChainLeaf => ({ chain, lanes, records, before });

/** The body and the leaves of the checkpoint that follows `last`. */
function build(chains: readonly UncoveredChain[], last: LastCheckpoint | null, kid: string, now: Date) {
  const leaves = chains.map(leafOf);
  const { root, paths } = merkleTree(leaves.map(hashOfLeaf));
  const body: CheckpointBody = {
    format: "bellhop-checkpoint/1",
    number: (last?.number ?? 0) + 1,
    previous: last?.hash ?? null,
    at: now.toISOString(),
    kid,
    chains: leaves.length,
    records: leaves.reduce((sum, { records }) => sum + records, 0),
    root,
  };
  return { body, placed: leaves.map((leaf, index) => ({ leaf, path: paths[index] ?? [] })) };
}

/** Makes checkpoints; of several processes, one at a time. */
export function createCheckpoints(database: Database, clock: Clock, masterSecret: string): Checkpoints {
  const sealer = receiptKeySealer(masterSecret);

  const alone = <T>(work: (handle: Handle) => Promise<T>): Promise<T> =>
    database.transaction(async (handle) => {
      await lockCheckpoints(handle);
      return work(handle);
    });

  return {
    make: (only) =>
      alone(async (handle) => {
        const last = await lastCheckpoint(handle);
        const started = await databaseTime(handle);
        const since = last && after(last.horizon, -OVERLAP_SECONDS);
        const chains = await selectUncovered(handle, { since, only, limit: MOST_CHAINS });
        if (chains.length === 0) return 0;
        const { kid, privateKey } = await openReceiptKey(handle, sealer, clock());
        const { body, placed } = build(chains, last, kid, clock());
        // A checkpoint that left something out has not seen anything further than the one before it.
        const isWhole = only === undefined && chains.length < MOST_CHAINS;
        const horizon = isWhole ? started : (last?.horizon ?? new Date(0));
        const signed = { body, hash: hashOfCheckpoint(body), signature: signJson(body, privateKey), horizon };
        await insertCheckpoint(handle, signed, placed);
        return chains.length;
      }),
    withKey: (work) => alone(async (handle) => work(await openReceiptKey(handle, sealer, clock()))),
    rotate: () => alone((handle) => rotateReceiptKey(handle, sealer, clock())),
  };
}
