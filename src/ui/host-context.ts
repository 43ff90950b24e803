import { createContext, useContext, useSyncExternalStore } from "react";
import type { Host } from "./host.ts";
import type { HostState } from "./host-state.ts";

/** The host around the widget; set once by `showWidget`. */
export const HostContext = createContext<Host | null>(null);

/** @throws Error outside `showWidget`. */
export function useHost(): Host {
  const host = useContext(HostContext);
  if (host === null) throw new Error("A widget's hooks work inside showWidget alone.");
  return host;
}

/** What the host has said so far; the component is drawn again whenever that changes. */
export function useHostState(): HostState {
  const host = useHost();
  return useSyncExternalStore(host.subscribe, host.state);
}
