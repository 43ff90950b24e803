import type { TestContext } from "node:test";
import * as z from "zod";
import type { Handle } from "../../src/database/handle.ts";
import type { Toolset } from "../../src/kernel/tool.ts";
import { linkWithPrivy, privyApp } from "../clients/raw-link.ts";
import { startWhole } from "./whole-server.ts";

/** One `tools/call`, with what is sent beside it. */
interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly meta?: Readonly<Record<string, unknown>>;
}

const answered = z.object({
  result: z.object({
    isError: z.boolean().optional(),
    content: z.tuple([z.object({ text: z.string() })]),
    _meta: z.looseObject({
      "bellhop/receiptId": z.string(),
      "bellhop/error": z.looseObject({ code: z.string() }).optional(),
    }),
  }),
});

/** A place at which tools are called over MCP. */
export interface Surface {
  readonly name: string;
  call(name: string, input: unknown, sent?: Sent): Promise<SurfaceAnswer>;
}

interface SurfaceAnswer {
  readonly status: number;
  readonly text: string;
  readonly receiptId: string;
  /** The stable code of a call that did not succeed, with its details. */
  readonly error: Readonly<Record<string, unknown>> | null;
}

/** How a newer client says which revision it speaks: in each request. */
const envelope = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "surfaces", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

async function readAnswer(response: Response): Promise<SurfaceAnswer> {
  const text = await response.text();
  const { result } = answered.parse(JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text));
  const { "bellhop/receiptId": receiptId, "bellhop/error": error = { code: "unknown" } } = result._meta;
  return { status: response.status, text: result.content[0].text, receiptId, error: result.isError ? error : null };
}

/** A server with one person, who is linked and signed in, and every place at which MCP is spoken for them. */
export async function openSurfaces(
  t: TestContext,
  { settings = {}, toolsets }: { settings?: Readonly<Record<string, string>>; toolsets: readonly Toolset<Handle>[] },
) {
  const app = await privyApp();
  const privy = { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey };
  const { baseUrl } = await startWhole(t, { settings: { ...privy, ...settings }, toolsets });
  const { access_token: accessToken } = await linkWithPrivy(baseUrl, app);
  const ours = { origin: baseUrl, "content-type": "application/json" };
  const body = JSON.stringify({ token: await app.token() });
  const signedIn = await fetch(`${baseUrl}/api/sign-in/privy`, { method: "POST", headers: ours, body });
  const session = { ...ours, cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" };

  const at = (name: string, path: string, who: Readonly<Record<string, string>>, newest = false): Surface => ({
    name,
    async call(tool, input, { headers = {}, meta = {} } = {}) {
      const era = newest ? { "mcp-method": "tools/call", "mcp-name": tool } : {};
      const version = { "mcp-protocol-version": newest ? "2026-07-28" : "2025-11-25" };
      const accept = "application/json, text/event-stream";
      const params = { name: tool, arguments: input, _meta: { ...(newest ? envelope : {}), ...meta } };
      return readAnswer(
        await fetch(baseUrl + path, {
          method: "POST",
          headers: { ...who, "content-type": "application/json", accept, ...version, ...era, ...headers },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
        }),
      );
    },
  });
  const bearer = { authorization: `Bearer ${accessToken}` };
  return {
    baseUrl,
    accessToken,
    surfaces: [
      at("/mcp 2025-11-25", "/mcp", bearer),
      at("/mcp 2026-07-28", "/mcp", bearer, true),
      ...["chatgpt", "claude", "mcp"].map((host) => at(`emulator ${host}`, `/api/emulator/${host}/mcp`, session)),
    ],
    /** What the person's own page sends. */
    page: (method: string, path: string, given?: unknown, headers: Readonly<Record<string, string>> = {}) =>
      fetch(baseUrl + path, {
        method,
        headers: { ...session, ...headers },
        ...(given === undefined ? {} : { body: JSON.stringify(given) }),
      }),
  };
}
