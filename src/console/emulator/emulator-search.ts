import { isOneOf, isText } from "../../ui/guards.ts";
import type { HostKind } from "../../ui/emulated-host/host-kinds.ts";

/** What the page's address remembers, so that it can be loaded again or sent to a colleague. */
export interface EmulatorSearch {
  /** Name of the tool that is open. */
  readonly tool?: string;
  readonly host?: HostKind;
}

const isHostKind = isOneOf("chatgpt", "claude", "mcp-apps");

/** Reads the page's address; what it does not know is left out. */
export const readEmulatorSearch = ({ tool, host }: Readonly<Record<string, unknown>>): EmulatorSearch => ({
  ...(isText(tool) && tool !== "" ? { tool } : {}),
  ...(isHostKind(host) ? { host } : {}),
});
