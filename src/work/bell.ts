/** Wakes one watcher. What rings between two waits is not lost. */
export interface Bell {
  ring(): void;
  /** Waits until it rings, `ms` have passed, or the signal ends it. True when it rang since the last wait. */
  wait(ms: number, signal: AbortSignal): Promise<boolean>;
}

/** A bell that is rung by whoever has news. */
export function createBell(): Bell {
  let rung = false;
  let wake = (): void => undefined;
  return {
    ring() {
      rung = true;
      wake();
    },
    async wait(ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      if (rung || signal.aborted) resolve();
      const end = (): void => resolve();
      signal.addEventListener("abort", end, { once: true });
      const timer = setTimeout(end, ms);
      await promise;
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      const heard = rung;
      rung = false;
      return heard;
    },
  };
}
