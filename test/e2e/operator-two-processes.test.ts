import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { decodeProtectedHeader } from "jose";
import * as z from "zod";
import { freePort, startBellhop, until } from "../bellhop.ts";
import { callTool, linkWithPrivy, privyApp, token } from "../clients/raw-link.ts";
import { runBellhop } from "../command-line.ts";
import { freshPostgres } from "../database.ts";
import { signInByCode } from "./sign-in-by-code.ts";

const ADDRESS = "ana@example.com";

test("an operator's command reaches two running processes that it does not speak to", async (t) => {
  const app = await privyApp();
  const shared = {
    DATABASE_URL: await freshPostgres(t),
    BELLHOP_SECRET: "one secret for both processes, long enough",
    MCP_JWT_SECRET: "one secret for the short tokens of both processes",
    SERVER_BASE_URL: `http://localhost:${await freePort()}`,
    PRIVY_APP_ID: app.appId,
    PRIVY_VERIFICATION_KEY: app.verificationKey,
  };
  const servers = await Promise.all([
    startBellhop(t, { environment: shared }),
    startBellhop(t, { environment: shared }),
  ]);
  const [first] = servers;
  const run = async (...args: readonly string[]) => {
    const ended = await runBellhop(args, { ...shared, BELLHOP_DATA_DIR: first.dataDirectory });
    assert.equal(ended.code, 0, ended.stderr);
    return ended;
  };
  const statusOf = async (mcpUrl: string, bearer: string) =>
    (await callTool(mcpUrl, bearer, "echo", { text: "x" })).status;
  const refresh = async (url: string, link: { readonly clientId: string; readonly refresh_token: string }) => {
    const form = { grant_type: "refresh_token", client_id: link.clientId, refresh_token: link.refresh_token };
    const answer: unknown = await (await token(url, form)).json();
    return z.object({ access_token: z.string(), refresh_token: z.string() }).parse(answer);
  };
  const keySet = z.object({ keys: z.array(z.object({ kid: z.string() })) });
  const kidsAt = async (url: string) => {
    const set: unknown = await (await fetch(`${url}/.well-known/jwks.json`)).json();
    return keySet.parse(set).keys.map(({ kid }) => kid);
  };

  await t.test("the next key is published by both within seconds, and then signs at both", async () => {
    const before = await kidsAt(first.url);
    const { stdout } = await run("keys", "rotate", "--soon");
    const next = stdout.split(" ")[0] ?? "";
    assert.equal(before.includes(next), false);
    for (const { url } of servers)
      await until(`${url} to publish it`, async () => (await kidsAt(url)).includes(next) || undefined);
    for (const { url } of servers) {
      let link = await linkWithPrivy(url, app);
      await until(`${url} to sign with it`, async () => {
        await pause(300);
        link = { ...link, ...(await refresh(url, link)) };
        for (const { mcpUrl } of servers)
          assert.equal(await statusOf(mcpUrl, link.access_token), 200, "never refused on the way");
        return decodeProtectedHeader(link.access_token).kid === next || undefined;
      });
    }
  });

  await t.test("a key that leaked ends at both within seconds; links go on", async () => {
    const links = await Promise.all(servers.map(async ({ url }) => ({ url, tokens: await linkWithPrivy(url, app) })));
    const kid = decodeProtectedHeader(links[0]?.tokens.access_token ?? "").kid ?? "";
    await run("keys", "retire", kid);
    for (const { tokens } of links) {
      for (const { mcpUrl } of servers)
        await until(
          "the token to be refused",
          async () => (await statusOf(mcpUrl, tokens.access_token)) === 401 || undefined,
        );
    }
    for (const { url, tokens } of links) {
      const next = await refresh(url, tokens);
      for (const { mcpUrl } of servers)
        await until(
          "the new token to be taken",
          async () => (await statusOf(mcpUrl, next.access_token)) === 200 || undefined,
        );
    }
  });

  await t.test(
    "a service token made by the command is good at both, and its session's end ends it at both",
    async () => {
      await signInByCode(first, ADDRESS);
      const { stdout, stderr } = await run("token", ADDRESS);
      const bearer = stdout.trim();
      assert.equal(decodeProtectedHeader(bearer).alg, "HS256");
      for (const { mcpUrl } of servers) assert.equal(await statusOf(mcpUrl, bearer), 200);
      await run("token", "end", /Session ([0-9a-f-]{36})/.exec(stderr)?.[1] ?? "");
      for (const { mcpUrl } of servers) assert.equal(await statusOf(mcpUrl, bearer), 401, "the very next call");
    },
  );
});
