import * as z from "zod";

/** The revisions of MCP that a call can be made in. */
export const eras = ["2026-07-28", "2025-11-25"] as const;
export type Era = (typeof eras)[number];

/** One `tools/call`, ready to be sent any number of times. */
export interface PreparedCall {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is echoed: 64 bytes, the size that published figures use. */
export const ECHO_TEXT = "The quick brown fox jumps over the lazy dog; 64 bytes of text ok";

const CLIENT = { name: "bellhop-bench", version: "1.0.0" };
const ANSWER_MS = 10_000;

const answerSchema = z.object({
  result: z.object({
    isError: z.boolean().optional(),
    content: z.tuple([z.object({ type: z.literal("text"), text: z.string() })]),
  }),
});
const initializedSchema = z.object({ result: z.object({ protocolVersion: z.string() }) });

const post = (url: URL, headers: Readonly<Record<string, string>>, body: unknown): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  });

/** The JSON-RPC message of an answer: the whole body, or the last event of a stream (MCP transports, Streamable HTTP). */
export function messageOf(contentType: string, text: string): unknown {
  if (!contentType.includes("text/event-stream")) return JSON.parse(text);
  const events = text.split(/\r?\n/).filter((line) => line.startsWith("data:") && line.slice(5).trim() !== "");
  return JSON.parse(events.at(-1)?.slice(5) ?? "");
}

const decode = async (response: Response): Promise<unknown> =>
  messageOf(response.headers.get("content-type") ?? "", await response.text());

const commonHeaders = (token: string | undefined): Record<string, string> => ({
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
});

const callBody = (meta: Record<string, unknown>): string =>
  JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "echo", arguments: { text: ECHO_TEXT }, ...meta },
  });

/** Revision 2026-07-28 has no session: each call says all by itself. */
function statelessCall(url: URL, token: string | undefined): PreparedCall {
  const headers = {
    ...commonHeaders(token),
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "echo",
  };
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  return { url, headers, body: callBody({ _meta: meta }) };
}

/** The 2025 revisions begin with `initialize`, and may name a session (MCP 2025-11-25, lifecycle). */
async function sessionCall(url: URL, token: string | undefined): Promise<PreparedCall> {
  const headers = commonHeaders(token);
  const response = await post(url, headers, {
    jsonrpc: "2.0",
    id: 0,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: CLIENT },
  });
  if (!response.ok) throw new Error(`initialize was answered with ${response.status}: ${await response.text()}`);
  const session = response.headers.get("mcp-session-id");
  const { protocolVersion } = initializedSchema.parse(await decode(response)).result;
  const inSession = {
    ...headers,
    "mcp-protocol-version": protocolVersion,
    ...(session === null ? {} : { "mcp-session-id": session }),
  };
  await (await post(url, inSession, { jsonrpc: "2.0", method: "notifications/initialized" })).arrayBuffer();
  return { url, headers: inSession, body: callBody({}) };
}

/** Makes the call of one era, opening what it needs. @throws Error when the server refuses. */
export const prepareCall = async (url: string, era: Era, token?: string): Promise<PreparedCall> =>
  era === "2026-07-28" ? statelessCall(new URL(url), token) : sessionCall(new URL(url), token);

/** Makes the call once. @throws Error unless the answer is the right one: a fast wrong answer is no result. */
export async function checkCall(call: PreparedCall): Promise<void> {
  const response = await post(call.url, call.headers, call.body);
  if (response.status !== 200)
    throw new Error(`echo was answered with ${response.status}: ${(await response.text()).slice(0, 300)}`);
  const { result } = answerSchema.parse(await decode(response));
  if (result.isError === true || result.content[0].text !== ECHO_TEXT)
    throw new Error(`echo was answered with something else: ${JSON.stringify(result).slice(0, 300)}`);
}
