import { test } from "node:test";
import { animalAiSdk } from "./ai-sdk-animal.ts";
import { animalOauth4webapi, animalOpenidClient } from "./library-animals.ts";
import { liveThrough } from "./life.ts";
import { signInPerson } from "./person.ts";
import { animalV1, animalV2 } from "./sdk-animals.ts";
import { startStage } from "./stage.ts";

const LOOPBACK = { channel: "mcp", host: /^(?:localhost|127\.0\.0\.1):\d+$/ };

test("client libraries, registered dynamically", async (t) => {
  const { bellhop, privy } = await startStage(t);
  const { url, mcpUrl } = bellhop;
  const animals = {
    "MCP SDK v1": () => animalV1({ mcpUrl, redirectUri: "http://localhost:33418/callback" }),
    "MCP SDK v2": () => animalV2({ mcpUrl, redirectUri: "http://127.0.0.1:33418/callback" }),
    "@ai-sdk/mcp": () => animalAiSdk(mcpUrl),
    oauth4webapi: () => animalOauth4webapi(url),
    "openid-client": () => animalOpenidClient(url),
  };
  for (const [index, [name, make]] of Object.entries(animals).entries()) {
    const person = await signInPerson(url, privy, `did:privy:zoo-${index}`);
    await t.test(name, async (inner) => liveThrough(inner, person, await make(), LOOPBACK));
  }
});
