import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { type LinkMemory, memoryProvider } from "./memory-provider.ts";

/** What the tests ask of a client, whichever SDK is behind it. */
export interface McpClient {
  connect(): Promise<void>;
  /** Hands over the parameters of the callback. */
  finish(parameters: URLSearchParams): Promise<void>;
  listTools(): Promise<readonly { name: string; description?: string | undefined }[]>;
  /** @param meta what is sent in `_meta` beside. */
  callTool(name: string, input: Record<string, unknown>, meta?: Record<string, unknown>): Promise<ToolResult>;
  readResource(
    uri: string,
  ): Promise<readonly { uri: string; mimeType?: string | undefined; text?: string | undefined }[]>;
  listResources(): Promise<readonly { uri: string }[]>;
  close(): Promise<void>;
}

export interface ToolResult {
  readonly isError: boolean;
  readonly text: string;
  readonly data: Record<string, unknown>;
  readonly meta: Record<string, unknown>;
}

interface RawResult {
  isError?: unknown;
  content?: unknown;
  structuredContent?: unknown;
  _meta?: unknown;
}

const members = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};

function toolResult(raw: RawResult): ToolResult {
  const content = Array.isArray(raw.content) ? raw.content : [];
  return {
    isError: raw.isError === true,
    text: content.map((part: unknown) => String(members(part)["text"] ?? "")).join("\n"),
    data: members(raw.structuredContent),
    meta: members(raw._meta),
  };
}

const texts = (contents: readonly { uri: string; mimeType?: string | undefined }[]) =>
  contents.map((one) => ({
    uri: one.uri,
    mimeType: one.mimeType,
    text: "text" in one && typeof one.text === "string" ? one.text : undefined,
  }));

/** The official client v1 (2025 revisions). */
export function clientV1(mcpUrl: string, memory: LinkMemory): McpClient {
  const provider = memoryProvider(memory, "Official client v1");
  const make = () => ({
    client: new ClientV1({ name: "v1", version: "1" }),
    transport: new TransportV1(new URL(mcpUrl), { authProvider: provider }),
  });
  let { client, transport } = make();
  return {
    async connect() {
      ({ client, transport } = make());
      // SDK v1's own types do not fit each other under exactOptionalPropertyTypes (sessionId); at run time they do.
      const connected: unknown = Reflect.apply(client.connect, client, [transport]);
      await connected;
    },
    finish: (parameters) => transport.finishAuth(parameters.get("code") ?? ""),
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, input, meta) =>
      toolResult(await client.callTool({ name, arguments: input, ...(meta && { _meta: meta }) })),
    readResource: async (uri) => texts((await client.readResource({ uri })).contents),
    listResources: async () => (await client.listResources()).resources,
    close: () => client.close(),
  };
}

/** The official client v2, in the era that is asked for. */
export function clientV2(mcpUrl: string, memory: LinkMemory, mode: "legacy" | "auto" | { pin: string }): McpClient {
  const provider = memoryProvider(memory, "Official client v2");
  const make = () => ({
    client: new ClientV2({ name: "v2", version: "2" }, { versionNegotiation: { mode } }),
    transport: new TransportV2(new URL(mcpUrl), { authProvider: provider }),
  });
  let { client, transport } = make();
  return {
    async connect() {
      ({ client, transport } = make());
      await client.connect(transport);
    },
    finish: (parameters) => transport.finishAuth(parameters),
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, input, meta) =>
      toolResult(await client.callTool({ name, arguments: input, ...(meta && { _meta: meta }) })),
    readResource: async (uri) => texts((await client.readResource({ uri })).contents),
    listResources: async () => (await client.listResources()).resources,
    close: () => client.close(),
  };
}
