import { useIsLive } from "../live/use-is-live.ts";

const EVERY_MS = 2000;

/** How often to ask for what is under way: not at all while it arrives by itself. */
export function usePoll(): (underWay: boolean) => number | false {
  const isLive = useIsLive();
  return (underWay) => (underWay && !isLive ? EVERY_MS : false);
}
