import assert from "node:assert/strict";
import { test } from "node:test";
import { startBellhop } from "../bellhop.ts";
import { callTool, linkWithPrivy, privyApp } from "../clients/raw-link.ts";

/** Reads server-sent events until `count` of them are there. */
async function readEvents(response: Response, count: number): Promise<readonly { id: string; data: string }[]> {
  const events: { id: string; data: string }[] = [];
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const [, id, data] = /^id: (.+)\nevent: receipt\ndata: (.+)$/.exec(part) ?? [];
      if (id && data) events.push({ id, data });
    }
    if (events.length >= count) break;
  }
  return events;
}

test("live events: what an assistant does appears at once, is replayed after a break, and is the person's own", async (t) => {
  const app = await privyApp();
  const bellhop = await startBellhop(t, {
    environment: { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey },
  });
  const tokens = await linkWithPrivy(bellhop.url, app);
  const other = await linkWithPrivy(bellhop.url, app, "did:privy:bob");
  const signedIn = await fetch(`${bellhop.url}/api/sign-in/privy`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: bellhop.url },
    body: JSON.stringify({ token: await app.token() }),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const open = (last?: string) =>
    fetch(`${bellhop.url}/api/events`, { headers: { cookie, ...(last ? { "last-event-id": last } : {}) } });

  assert.equal((await fetch(`${bellhop.url}/api/events`)).status, 401);
  assert.equal((await open("' or 1=1")).status, 400);

  const before = await callTool(bellhop.mcpUrl, tokens.access_token, "echo", { text: "before" });
  await before.text();
  const [first] = await readEvents(await open("019a0000-0000-7000-8000-000000000000"), 1);
  assert.match(first?.data ?? "", /"tool":"echo"/);

  const live = await open(first?.id);
  const seen = readEvents(live, 2);
  await callTool(bellhop.mcpUrl, other.access_token, "get-items", {});
  await callTool(bellhop.mcpUrl, tokens.access_token, "extract_intent", {
    fullInputText: "I'm looking for a luthier.",
  });
  const events = await seen;
  assert.match(
    events.at(-1)?.data ?? "",
    /"tool":"extract_intent","title":"Extract intents","clientName":"Scripted client"/,
  );
  assert.doesNotMatch(JSON.stringify(events), /get-items/);
});

test("a person's fifth stream takes the place of their first, which is told; other people's stay", async (t) => {
  const app = await privyApp();
  const bellhop = await startBellhop(t, {
    environment: { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey },
  });
  const cookieOf = async (subject: string): Promise<string> => {
    const signedIn = await fetch(`${bellhop.url}/api/sign-in/privy`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: bellhop.url },
      body: JSON.stringify({ token: await app.token({ subject }) }),
    });
    return signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  };
  const [ana, anasPhone, bob] = [await cookieOf("ana"), await cookieOf("ana"), await cookieOf("bob")];
  const left = new AbortController();
  const open = (cookie: string) =>
    fetch(`${bellhop.url}/api/events`, { headers: { cookie }, signal: left.signal }).then((response) => ({
      text: response.text().catch(() => "cut off"),
    }));
  const bobs = await open(bob);
  const streams: { text: Promise<string> }[] = [];
  for (const cookie of [ana, anasPhone, ana, anasPhone, ana]) streams.push(await open(cookie));
  assert.match((await streams[0]?.text) ?? "", /\n\nevent: elsewhere\ndata: \{\}\n\n$/);
  const others = [...streams.slice(1), bobs].map(({ text }) => text);
  left.abort();
  assert.deepEqual(new Set(await Promise.all(others)), new Set(["cut off"]), "none had ended by itself");
});
