import { useSyncExternalStore } from "react";

const SECOND = 1000;

function everySecond(notify: () => void): () => void {
  const timer = setInterval(notify, SECOND);
  return () => clearInterval(timer);
}

/** Whole seconds until a time (milliseconds since 1970), counted down each second; 0 once it has passed. */
export const useCountdown = (until: number): number =>
  useSyncExternalStore(everySecond, () => Math.max(0, Math.ceil((until - Date.now()) / SECOND)));
