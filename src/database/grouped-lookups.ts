import { setImmediate as nextTurn } from "node:timers/promises";

/** One who waits for what the next question finds. */
interface Asker<Found> {
  readonly key: string;
  readonly found: (found: Found | null) => void;
  readonly failed: (error: unknown) => void;
}

/** Keys of one question. */
const LARGEST = 500;
/** A question that takes longer holds up those alone who wait for it: its connection may never answer again. */
const PATIENCE_MS = 250;

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}

/**
 * Whoever asks while a question is under way, or in the same turn of the event loop, is answered by the next one, which holds
 * the keys of all who wait. Alone, one waits for nobody. Nothing is remembered, and no answer is older than its asker.
 * @param ask one statement that finds what there is of several keys.
 */
export function groupLookups<Found>(
  ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
): (key: string) => Promise<Found | null> {
  let waiting: Asker<Found>[] = [];
  let busy = false;

  async function answer(askers: readonly Asker<Found>[]): Promise<void> {
    try {
      const found = await ask([...new Set(askers.map(({ key }) => key))]);
      for (const asker of askers) asker.found(found.get(asker.key) ?? null);
    } catch (error) {
      for (const asker of askers) asker.failed(error);
    }
  }

  async function drain(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      await nextTurn();
      const askers = waiting.slice(0, LARGEST);
      waiting = waiting.slice(LARGEST);
      await atMost(PATIENCE_MS, answer(askers));
    }
    busy = false;
  }

  return (key) =>
    new Promise((found, failed) => {
      waiting.push({ key, found, failed });
      if (!busy) void drain();
    });
}
