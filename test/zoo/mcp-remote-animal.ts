import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import * as z from "zod";
import { freePort, until } from "../bellhop.ts";
import type { Animal } from "./life.ts";

const PROGRAM = fileURLToPath(import.meta.resolve("mcp-remote/dist/proxy.js"));
const AUTHORIZE = /^http\S+\/authorize\?\S+$/m;

const echoed = z.object({ structuredContent: z.object({ text: z.string() }) });
const kept = z.looseObject({ access_token: z.string(), refresh_token: z.string() });

/** mcp-remote as a desktop host starts it: a child process with a directory of its own, spoken to over its pipes. */
export async function animalMcpRemote(mcpUrl: string, directory: string): Promise<Animal & { close(): Promise<void> }> {
  const callbackPort = String(await freePort());
  let client: Client | undefined;
  let said = "";

  function connect(): Promise<unknown> {
    said = "";
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [PROGRAM, mcpUrl, callbackPort, "--allow-http", "--transport", "http-only"],
      // Without a PATH it finds no browser to open.
      env: { PATH: "", HOME: directory, MCP_REMOTE_CONFIG_DIR: directory },
      stderr: "pipe",
    });
    transport.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    client = new Client({ name: "desktop", version: "1" });
    return client.connect(transport);
  }

  /** Rejects when it asks for a browser: it would ask the person again. */
  function askingAgain(): Promise<never> {
    const asked = until("it to ask for a browser", () => AUTHORIZE.exec(said)?.[0], 10_000).then((address) =>
      assert.fail(`the person would be asked again: ${address}`),
    );
    asked.catch(() => undefined);
    return asked;
  }

  /** What it keeps of its link. */
  function tokensFile(): string {
    const name = readdirSync(directory, { recursive: true }).find((path) => String(path).endsWith("_tokens.json"));
    return join(directory, String(name ?? assert.fail("it kept no tokens")));
  }

  return {
    async link(person) {
      const connected = connect();
      const address = await until("it to ask for a browser", () => AUTHORIZE.exec(said)?.[0]);
      const answer = await fetch(await person.allow(address));
      assert.equal(answer.status, 200);
      await connected;
      said = "";
    },
    async echo(text) {
      const called = client?.callTool({ name: "echo", arguments: { text } });
      return echoed.parse(await Promise.race([called, askingAgain()])).structuredContent.text;
    },
    async refresh() {
      await client?.close();
      const file = tokensFile();
      // As after a night: what it kept has ended, and it is started anew.
      const tokens = kept.parse(JSON.parse(readFileSync(file, "utf8")));
      writeFileSync(file, JSON.stringify({ ...tokens, access_token: `${tokens.access_token.slice(0, -8)}AAAAAAAA` }));
      const connected = connect();
      connected.catch(() => undefined);
      await Promise.race([connected, askingAgain()]);
      return kept.parse(JSON.parse(readFileSync(tokensFile(), "utf8"))).refresh_token;
    },
    close: async () => client?.close(),
  };
}
