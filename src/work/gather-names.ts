import { setTimeout as pause } from "node:timers/promises";

/**
 * Sends names together: alone they go at once; those that come within `ms` after a sending go with the next one. So however
 * busy a process is, it sends a few times a second.
 * @param ended from then on nothing waits.
 * @returns settles as the sending of these names did.
 */
export function gatherNames(
  send: (names: readonly string[]) => Promise<void>,
  ms: number,
  ended: AbortSignal,
): (names: readonly string[]) => Promise<void> {
  const waiting = new Set<string>();
  let sentAt = -Infinity;
  let next: Promise<void> | undefined;

  async function sendNext(): Promise<void> {
    const rest = sentAt + ms - performance.now();
    if (rest > 0) await pause(rest, undefined, { signal: ended }).catch(() => undefined);
    sentAt = performance.now();
    next = undefined;
    const names = [...waiting];
    waiting.clear();
    await send(names);
  }

  return (names) => {
    for (const name of names) waiting.add(name);
    // In a turn of its own, so that `next` is there before it is taken away.
    return (next ??= Promise.resolve().then(sendNext));
  };
}
