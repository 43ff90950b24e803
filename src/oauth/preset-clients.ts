import type { Clock } from "../kernel/clock.ts";
import type { Handle } from "../database/handle.ts";
import type { Channel } from "../kernel/principal.ts";
import { type Client, upsertPreset } from "./records/clients.ts";

/** A client whose id the settings name, since its host was told it long ago. */
export interface PresetClient {
  readonly id: string;
  /** Whose addresses it answers to; `any` for those of all hosts that we know. */
  readonly host: "chatgpt" | "claude" | "any";
}

/** Where each host takes answers to a client that was registered by hand. Further addresses are added by command. */
const CHATGPT = ["https://chatgpt.com/connector_platform_oauth_redirect"];
export const CLAUDE_CALLBACKS = [
  "https://claude.ai/api/mcp/auth_callback",
  "https://claude.com/api/mcp/auth_callback",
] as const;

const hosts: Readonly<
  Record<PresetClient["host"], { readonly name: string; readonly channel: Channel | null; readonly uris: string[] }>
> = {
  chatgpt: { name: "ChatGPT", channel: "chatgpt", uris: CHATGPT },
  claude: { name: "Claude", channel: "claude", uris: [...CLAUDE_CALLBACKS] },
  any: { name: "Assistant", channel: null, uris: [...CHATGPT, ...CLAUDE_CALLBACKS] },
};

const clientOf = ({ id, host }: PresetClient, now: Date): Client => ({
  id,
  kind: "preset",
  name: hosts[host].name,
  uri: null,
  redirectUris: hosts[host].uris,
  scopes: null,
  authMethod: "none",
  authMethods: ["none"],
  jwks: null,
  jwksUri: null,
  pkceOptional: false,
  channel: hosts[host].channel,
  internal: false,
  disabledAt: null,
  createdAt: now,
});

/** Stores the clients of the settings, so that grants can belong to them. */
export async function storePresets(handle: Handle, presets: readonly PresetClient[], clock: Clock): Promise<void> {
  for (const preset of presets) await upsertPreset(handle, clientOf(preset, clock()));
}
