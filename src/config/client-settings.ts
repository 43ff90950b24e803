import type * as z from "zod";
import { setting } from "./describe.ts";
import { clientId, oneOf } from "./fields.ts";

/** The clients that link here without having registered: a part of the one schema. */
export const clientSettings = {
  BELLHOP_DYNAMIC_REGISTRATION: setting(
    "Clients",
    "Whether clients may register themselves (RFC 7591). `off` leaves those with a metadata document, those below, and those made by `npm start -- client create`.",
    "off",
    oneOf(["on", "off"]).default("on"),
  ),
  TOKEN_AI_OIDC_CLIENT_ID_CHATGPT: setting(
    "Clients",
    "Id of a public client for ChatGPT, where a connector was set up with an id instead of registering. More of its addresses are added by `npm start -- client add-redirect`.",
    "cid_chatgpt",
    clientId.optional(),
  ),
  CONNECTOR_CLAUDE_CLIENT_ID: setting(
    "Clients",
    "Id of the public client for Claude, where a connector was set up with an id instead of registering.",
    "cid_59e99d1247b444bca4631382ecff3e36",
    clientId.default("cid_59e99d1247b444bca4631382ecff3e36"),
  ),
};

/** A client whose id the settings name, and whose addresses it answers to. */
export interface PresetConfig {
  readonly id: string;
  readonly host: "chatgpt" | "claude" | "any";
}

type Values = z.output<z.ZodObject<typeof clientSettings>>;

/** @param general the client id that is no host's own, unless it is ours at a provider. */
export function presetsOf(values: Values, general: string | undefined): readonly PresetConfig[] {
  const named: readonly (readonly [id: string | undefined, host: PresetConfig["host"]])[] = [
    [values.TOKEN_AI_OIDC_CLIENT_ID_CHATGPT, "chatgpt"],
    [values.CONNECTOR_CLAUDE_CLIENT_ID, "claude"],
    [general, "any"],
  ];
  return Object.freeze(named.flatMap(([id, host]) => (id === undefined ? [] : [Object.freeze({ id, host })])));
}
