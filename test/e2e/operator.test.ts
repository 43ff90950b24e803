import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeProtectedHeader } from "jose";
import * as z from "zod";
import { type Bellhop, startBellhop } from "../bellhop.ts";
import { callTool, linkWithPrivy, pkce, privyApp, type PrivyApp, token } from "../clients/raw-link.ts";
import { type Ended, runBellhop } from "../command-line.ts";
import { signInByCode } from "./sign-in-by-code.ts";

const CALLBACK = "https://service.example/callback";
const ADDRESS = "ana@example.com";
const postJson = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

test("an operator at the terminal, beside the running server", async (t) => {
  const app = await privyApp();
  const keys = { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey };
  const bellhop = await startBellhop(t, { environment: keys });
  const settings = { ...keys, PORT: new URL(bellhop.url).port, BELLHOP_DATA_DIR: bellhop.dataDirectory };
  const run = (...args: readonly string[]): Promise<Ended> => runBellhop(args, settings);
  const ok = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };

  await t.test(
    "bellhop token: a program of this machine calls the tools for a person, until its session ends",
    async () => {
      await signInByCode(bellhop, ADDRESS);
      const { code, stdout, stderr } = await run("token", ADDRESS);
      assert.equal(code, 0, stderr);
      const [bearer = "", ...rest] = stdout.trim().split("\n");
      assert.deepEqual(rest, [], "a script can take standard output as it is");
      assert.ok(stderr.includes(`For ${bellhop.mcpUrl} until `));
      const answer = await callTool(bellhop.mcpUrl, bearer, "echo", { text: "from the terminal" });
      assert.match(await answer.text(), /from the terminal/);
      const session = /Session ([0-9a-f-]{36})/.exec(stderr)?.[1] ?? "";
      const next = await ok("token", "renew", session);
      assert.equal((await callTool(bellhop.mcpUrl, next, "echo", { text: "again" })).status, 200);
      assert.match(await ok("token", "end", session), /has ended/);
      for (const ended of [bearer, next])
        assert.equal((await callTool(bellhop.mcpUrl, ended, "echo", { text: "late" })).status, 401);
      assert.match((await run("token", "nobody@example.com")).stderr, /Nobody signs in with nobody@example\.com/);
      assert.equal((await run("token", "renew", session)).code, 1);
    },
  );

  await t.test("bellhop keys: a leaked key ends while the server runs, and links go on", async () => {
    const tokens = await linkWithPrivy(bellhop.url, app);
    const kid = decodeProtectedHeader(tokens.access_token).kid ?? "";
    assert.match(await ok("keys", "list"), new RegExp(`^${kid}  active     signs since `));
    assert.match(await ok("keys", "rotate"), /published  signs from /);
    assert.match(await ok("keys", "retire", kid), new RegExp(`${kid}  retired    ended `));
    const deadline = Date.now() + 10_000;
    let status = 200;
    while (status === 200 && Date.now() < deadline)
      status = (await callTool(bellhop.mcpUrl, tokens.access_token, "echo", { text: "x" })).status;
    assert.equal(status, 401, "within seconds");
    const form = { grant_type: "refresh_token", client_id: tokens.clientId, refresh_token: tokens.refresh_token };
    const next = z.object({ access_token: z.string() }).parse(await (await token(bellhop.url, form)).json());
    assert.notEqual(decodeProtectedHeader(next.access_token).kid, kid);
    assert.equal((await callTool(bellhop.mcpUrl, next.access_token, "echo", { text: "on" })).status, 200);
    const set = z.object({ keys: z.array(z.object({ kid: z.string() })) });
    const published = set.parse(await (await fetch(`${bellhop.url}/.well-known/jwks.json`)).json());
    assert.equal(
      published.keys.some((key) => key.kid === kid),
      false,
    );
    const likeAnOption = `-v${"x".repeat(41)}`;
    for (const unused of [kid, likeAnOption])
      for (const words of [[unused], ["--", unused]])
        assert.match((await run("keys", "retire", ...words)).stderr, /No signing key with this id is in use/);
  });

  await t.test("words that mean nothing get the usage and an error code", async () => {
    for (const args of [["keys"], ["keys", "retire"], ["keys", "list", "x"], ["keys", "list", "--soon"], ["token"]]) {
      const { code, stderr } = await run(...args);
      assert.equal(code, 1, args.join(" "));
      assert.match(stderr, /npm start -- (keys list|token EMAIL)/);
    }
  });

  await exchanges(bellhop, app, ok, (name, work) => t.test(name, work));
});

/** The company's own service, made by command, and the tokens that sign-in with Privy left in the vault. */
async function exchanges(
  bellhop: Bellhop,
  app: PrivyApp,
  ok: (...args: readonly string[]) => Promise<string>,
  subtest: (name: string, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const created = z.object({ client: z.object({ id: z.string() }), secret: z.string() });
  const make = async (...more: readonly string[]) => {
    const made = await ok("client", "create", "Intents", "--redirect", CALLBACK, "--json", ...more);
    const { client, secret } = created.parse(JSON.parse(made));
    return { client_id: client.id, client_secret: secret };
  };
  /** Links with a Privy token, as a service of the company's own would, and asks for that token's exchange. */
  const linked = async (client: { client_id: string; client_secret: string }, privyToken: string) => {
    const { verifier, challenge } = pkce();
    const asked = {
      client_id: client.client_id,
      redirect_uri: CALLBACK,
      scope: "read privy:token:exchange",
      code_challenge: challenge,
      code_challenge_method: "S256",
      privy_token: privyToken,
      user_consent: true,
    };
    const decided = await postJson(`${bellhop.url}/authorize/complete`, asked);
    const { code } = z.object({ code: z.string() }).parse(await decided.json());
    const form = { grant_type: "authorization_code", code, code_verifier: verifier, ...client };
    const text = await (await token(bellhop.url, form)).text();
    assert.equal(text.includes(privyToken), false);
    return z.object({ access_token: z.string(), scope: z.string() }).parse(JSON.parse(text));
  };
  const asBearer = (access: string): Promise<Response> =>
    fetch(`${bellhop.url}/token/privy/access-token`, {
      method: "POST",
      headers: { authorization: `Bearer ${access}` },
    });
  const exchange = (access: string, client: Record<string, string>): Promise<Response> =>
    token(bellhop.url, {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: access,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      ...client,
    });

  await subtest("a service that the operator made gets the person's token at Privy, both ways", async () => {
    const service = await make("--internal");
    const privyToken = await app.token({ subject: "did:privy:eve" });
    const { access_token: access, scope } = await linked(service, privyToken);
    assert.equal(scope, "read privy:token:exchange");
    const bySeed = z
      .object({ privyAccessToken: z.string(), userId: z.string() })
      .parse(await (await asBearer(access)).json());
    assert.deepEqual(bySeed, { privyAccessToken: privyToken, userId: "did:privy:eve" });
    const byExchange = z.object({ access_token: z.string() }).parse(await (await exchange(access, service)).json());
    assert.equal(byExchange.access_token, privyToken);
  });

  await subtest("no endpoint returns an upstream token to another client, with or without a secret", async () => {
    const outsider = await make();
    const privyToken = await app.token({ subject: "did:privy:eve" });
    const { access_token: access, scope } = await linked(outsider, privyToken);
    assert.equal(scope, "read");
    const assistant = await linkWithPrivy(bellhop.url, app, "did:privy:eve", "mcp:invoke profile");
    const answers = [
      await asBearer(access),
      await exchange(access, outsider),
      await asBearer(assistant.access_token),
      await exchange(assistant.access_token, { client_id: assistant.clientId }),
    ];
    for (const answer of answers) {
      const text = await answer.text();
      assert.equal(answer.status, 400, text);
      assert.match(text, /"error":"unauthorized_client"/);
      assert.equal(text.includes(privyToken), false);
    }
  });
}
