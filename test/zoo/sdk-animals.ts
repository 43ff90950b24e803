import assert from "node:assert/strict";
import { auth as authV2 } from "@modelcontextprotocol/client";
import { auth as authV1 } from "@modelcontextprotocol/sdk/client/auth.js";
import * as z from "zod";
import { clientV1, clientV2, type McpClient } from "../clients/mcp-clients.ts";
import { linkMemory, memoryProvider } from "../clients/memory-provider.ts";
import type { Animal } from "./life.ts";

/** How a client of an official SDK introduces itself. */
export interface SdkSetup {
  readonly mcpUrl: string;
  readonly redirectUri: string;
  /** The address of its metadata document; absent means that it registers. */
  readonly document?: string;
}

const textOf = (result: { text: string; data: Record<string, unknown> }): string =>
  z.object({ text: z.string() }).parse(result.data).text;

function sdkAnimal(
  setup: SdkSetup,
  make: (memory: ReturnType<typeof linkMemory>) => McpClient,
  refresh: (memory: ReturnType<typeof linkMemory>) => Promise<unknown>,
): Animal {
  const memory = linkMemory(setup.redirectUri, setup.document);
  const client = make(memory);
  return {
    async link(person) {
      await assert.rejects(client.connect(), "without a link the server asks for one");
      const callback = await person.allow(memory.authorizeUrl ?? assert.fail("the client opened no browser"));
      assert.ok(callback.href.startsWith(`${setup.redirectUri}?`), callback.href);
      await client.finish(callback.searchParams);
      await client.connect();
      if (setup.document) assert.equal(memory.client?.client_id, setup.document);
    },
    echo: async (text) => textOf(await client.callTool("echo", { text })),
    async refresh() {
      memory.authorizeUrl = undefined;
      await refresh(memory);
      assert.equal(memory.authorizeUrl, undefined, "the person would be asked again");
      return memory.tokens?.refresh_token ?? assert.fail("no refresh token is held");
    },
  };
}

/** The official client v1. */
export const animalV1 = (setup: SdkSetup): Animal =>
  sdkAnimal(
    setup,
    (memory) => clientV1(setup.mcpUrl, memory),
    (memory) => authV1(memoryProvider(memory, "Official client v1"), { serverUrl: setup.mcpUrl }),
  );

/** The official client v2. */
export const animalV2 = (setup: SdkSetup): Animal =>
  sdkAnimal(
    setup,
    (memory) => clientV2(setup.mcpUrl, memory, "auto"),
    (memory) => authV2(memoryProvider(memory, "Official client v2"), { serverUrl: setup.mcpUrl }),
  );
