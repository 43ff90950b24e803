import { useSyncExternalStore } from "react";
import type { CallState, Host } from "./host.ts";

/** Where the call stands now; the widget is drawn again whenever that changes. */
export const useToolOutput = (host: Host): CallState => useSyncExternalStore(host.subscribe, host.state);
