import { setImmediate as nextTurn } from "node:timers/promises";

/** What waits for its commit. */
interface Waiting<Item> {
  readonly item: Item;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const LARGEST = 500;

/**
 * Everything that arrives while one commit is under way goes into the next one, and so does what arrived in the same turn
 * of the event loop: a small batch costs nearly as much as a large one. No timer: alone it waits for nobody.
 * A refused batch is retried item by item, so that one bad item fails alone.
 */
export function createGroupCommit<Item>(
  commit: (items: readonly Item[]) => Promise<void>,
): (item: Item) => Promise<void> {
  let waiting: Waiting<Item>[] = [];
  let busy = false;

  const one = (entry: Waiting<Item>): Promise<void> => commit([entry.item]).then(entry.done, entry.failed);

  async function commitBatch(batch: readonly Waiting<Item>[]): Promise<void> {
    try {
      await commit(batch.map((entry) => entry.item));
    } catch (error) {
      if (batch.length === 1) return batch[0]?.failed(error);
      for (const entry of batch) await one(entry);
      return;
    }
    for (const entry of batch) entry.done();
  }

  async function drain(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      await nextTurn();
      const batch = waiting.slice(0, LARGEST);
      waiting = waiting.slice(LARGEST);
      await commitBatch(batch);
    }
    busy = false;
  }

  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed });
      if (!busy) void drain();
    });
}
