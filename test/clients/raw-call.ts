import * as z from "zod";

/** One `tools/call` over the wire. */
export interface RawCall {
  readonly mcpUrl: string;
  readonly accessToken: string;
  readonly name: string;
  readonly input: unknown;
  /** Names the call, to send it again (`Idempotency-Key`). */
  readonly operationId?: string;
  /** The newest revision unless given. */
  readonly era?: "2026-07-28" | "2025-11-25";
  readonly signal?: AbortSignal;
}

const pendingSchema = z.object({ kind: z.enum(["approval", "job"]), id: z.string(), url: z.string() });

const messageSchema = z.object({
  result: z.object({
    isError: z.boolean().optional(),
    content: z.tuple([z.object({ type: z.literal("text"), text: z.string() })]),
    structuredContent: z.record(z.string(), z.unknown()).optional(),
    _meta: z.looseObject({
      "bellhop/receiptId": z.string(),
      "bellhop/error": z.looseObject({ code: z.string(), message: z.string() }).optional(),
    }),
  }),
});

/** How a call was answered. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly receiptId: string;
  /** The stable code of a call that did not succeed. */
  readonly error: string | null;
  /** What a call waits for that is not done yet. */
  readonly pending: z.infer<typeof pendingSchema> | null;
}

/** The JSON-RPC message of an answer: the whole body, or the one event of a stream. */
const messageOf = (text: string): unknown => JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text);

const envelope = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "raw-call", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

function send({
  mcpUrl,
  accessToken,
  name,
  input,
  operationId,
  era = "2026-07-28",
  signal,
}: RawCall): Promise<Response> {
  const newest = era === "2026-07-28";
  return fetch(mcpUrl, {
    method: "POST",
    ...(signal ? { signal } : {}),
    headers: {
      authorization: `Bearer ${accessToken}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": era,
      ...(newest ? { "mcp-method": "tools/call", "mcp-name": name } : {}),
      ...(operationId === undefined ? {} : { "idempotency-key": operationId }),
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name, arguments: input, ...(newest ? { _meta: envelope } : {}) },
    }),
  });
}

/**
 * Calls a tool with nothing but fetch, in either era.
 * @throws Error when the answer is none of a tool, such as a 401, with its status and words; or when there is none.
 */
export async function rawCall(call: RawCall): Promise<RawAnswer> {
  const response = await send(call);
  const text = await response.text();
  const read = messageSchema.safeParse(response.ok ? messageOf(text) : undefined);
  if (!read.success) throw new Error(`${call.name} was answered with ${response.status}: ${text.slice(0, 300)}`);
  const { content, structuredContent = {}, isError, _meta } = read.data.result;
  return {
    status: response.status,
    text: content[0].text,
    data: structuredContent,
    receiptId: _meta["bellhop/receiptId"],
    error: isError === true ? (_meta["bellhop/error"]?.code ?? "unknown") : null,
    pending: pendingSchema.safeParse(structuredContent["pending"]).data ?? null,
  };
}
