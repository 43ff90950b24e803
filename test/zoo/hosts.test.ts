import assert from "node:assert/strict";
import { test } from "node:test";
import { animalOf, type Habits } from "./host-animal.ts";
import { gptActions, makeGptClient } from "./gpt-actions.ts";
import * as hosts from "./hosts.ts";
import { liveThrough } from "./life.ts";
import { signInPerson } from "./person.ts";
import { animalV1, animalV2 } from "./sdk-animals.ts";
import { startStage } from "./stage.ts";

const CHATGPT = { channel: "chatgpt", host: /^chatgpt\.com$/ };
const CLAUDE = { channel: "claude", host: /^claude\.ai$/ };
const LOOPBACK = { channel: "mcp", host: /^(?:localhost|127\.0\.0\.1):\d+$/ };

test("hosts, with their own redirect addresses and habits", async (t) => {
  const { bellhop, privy, documents } = await startStage(t);
  const profiles: readonly [string, () => Habits | Promise<Habits>, typeof CHATGPT][] = [
    ["ChatGPT, by document and signed assertion", () => hosts.chatGpt(documents), CHATGPT],
    ["ChatGPT, one document for each connection, empty scope", () => hosts.chatGptOfOneConnection(documents), CHATGPT],
    ["ChatGPT, registered", hosts.chatGptRegistered, CHATGPT],
    ["Codex", () => hosts.codex(documents), LOOPBACK],
    ["Claude, by document, refreshing from two places", () => hosts.claude(documents), CLAUDE],
    ["Claude, registered twice", hosts.claudeRegistered, CLAUDE],
    ["Claude Code, on a port that its document does not name", () => hosts.claudeCode(documents), LOOPBACK],
  ];
  for (const [index, [name, habits, expected]] of profiles.entries()) {
    await t.test(name, async (inner) => {
      const person = await signInPerson(bellhop.url, privy, `did:privy:host-${index}`);
      const animal = await animalOf(bellhop.mcpUrl, await habits());
      await liveThrough(inner, person, animal, expected);
      if (animal.clientId.startsWith("https:")) assert.equal(documents.fetched.get(animal.clientId), 1);
    });
  }

  await t.test("GPT Actions, with a secret and without PKCE", async (inner) => {
    const gptId = "g-6b1f0a2c9d8e7f";
    const typed = await makeGptClient(bellhop, gptId);
    assert.match(typed.authorizationUrl, /\/oauth\/chatgpt\/authorize$/);
    for (const method of ["post", "basic"] as const) {
      const person = await signInPerson(bellhop.url, privy, `did:privy:gpt-${method}`);
      const habits = gptActions(typed, gptId, method);
      const expected = { channel: "actions", host: /^chatgpt\.com$/ };
      await inner.test(method, async (innermost) =>
        liveThrough(innermost, person, await animalOf(bellhop.mcpUrl, habits), expected),
      );
    }
  });

  await t.test("the SDKs, by metadata document", async (inner) => {
    const document = "https://client.example/client.json";
    documents.publish(document, {
      client_id: document,
      client_name: "A client of the SDK",
      redirect_uris: ["http://localhost/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    });
    const setup = { mcpUrl: bellhop.mcpUrl, redirectUri: "http://localhost:33420/callback", document };
    for (const [name, make] of Object.entries({ v1: animalV1, v2: animalV2 })) {
      const person = await signInPerson(bellhop.url, privy, `did:privy:document-${name}`);
      await inner.test(name, async (innermost) => liveThrough(innermost, person, make(setup), LOOPBACK));
    }
    assert.equal(documents.fetched.get(document), 1, "a document is fetched once and kept");
  });
});
