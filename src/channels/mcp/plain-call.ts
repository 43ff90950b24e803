import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import type { RequestContext } from "../../http/router.ts";

/** The revision that says everything in one request and answers with JSON once the call has ended. */
export const STREAMLESS = "2026-07-28";

/** A `tools/call` that asks for nothing but its result. */
export interface PlainCall {
  readonly id: string | number;
  readonly name: string;
  readonly input: unknown;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Whoever names more than this, a task or progress, is served by the SDK. Foreign members of `_meta` mean nothing here. */
const reserved = [PROTOCOL_VERSION_META_KEY, CLIENT_INFO_META_KEY, CLIENT_CAPABILITIES_META_KEY];
const isForeign = (name: string): boolean => name !== "progressToken" && !name.startsWith("io.modelcontextprotocol/");

const envelope = z
  .looseObject({
    [PROTOCOL_VERSION_META_KEY]: z.literal(STREAMLESS),
    [CLIENT_INFO_META_KEY]: z.strictObject({ name: z.string(), version: z.string(), title: z.string().optional() }),
    [CLIENT_CAPABILITIES_META_KEY]: z.record(z.string(), z.record(z.string(), z.unknown())),
  })
  .refine((meta) => Object.keys(meta).every((name) => reserved.includes(name) || isForeign(name)));

const plainCall = z
  .strictObject({
    jsonrpc: z.literal("2.0"),
    id: z.union([z.string(), z.int()]),
    method: z.literal("tools/call"),
    params: z.strictObject({ name: z.string(), arguments: z.unknown().optional(), _meta: envelope }),
  })
  .transform(({ id, params }): PlainCall => ({ id, name: params.name, input: params.arguments, meta: params._meta }));

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isJson = (contentType: string | undefined): boolean => /^application\/json\s*(;|$)/i.test(contentType ?? "");

/** Both kinds of answer, as the transport asks of a client (MCP transports, Streamable HTTP: sending messages). */
const takesBoth = (accept: string): boolean =>
  accept.includes("application/json") && accept.includes("text/event-stream");

/**
 * The call in a request that is one in every respect: its headers say what its body says (MCP 2026-07-28, transports:
 * standard headers).
 * @returns null for everything else, right or wrong; the SDK serves that, or says what is wrong with it.
 */
export function plainCallOf(c: RequestContext, body: string): PlainCall | null {
  const says = (name: string, value: string): boolean => c.req.header(name) === value;
  if (!says("mcp-protocol-version", STREAMLESS) || !says("mcp-method", "tools/call")) return null;
  if (!isJson(c.req.header("content-type")) || !takesBoth(c.req.header("accept") ?? "")) return null;
  const call = plainCall.safeParse(parsed(body)).data;
  return call && says("mcp-name", call.name) ? call : null;
}
