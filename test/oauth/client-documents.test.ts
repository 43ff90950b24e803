import assert from "node:assert/strict";
import * as z from "zod";
import type { LimitsPort } from "../../src/kernel/ports/limits.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { eachEngine } from "../database.ts";
import { CALLBACK, challengeOf, migrations, refused, type Rig, startOAuth, tokensOf, VERIFIER } from "./rig.ts";
import { type TestWeb, testWeb } from "./web.ts";

const ID = "https://host.example/oauth/client.json";

const documentOf = (more: Record<string, unknown> = {}) => ({
  client_id: ID,
  client_name: "A host",
  redirect_uris: [CALLBACK],
  token_endpoint_auth_method: "none",
  ...more,
});

/** What `GET /authorize` answers to a client: a redirect to the consent page, or an error page. */
const authorize = (rig: Rig, clientId: string, redirectUri = CALLBACK) =>
  rig.get(
    `/authorize?${new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirectUri,
      code_challenge: challengeOf(VERIFIER),
      code_challenge_method: "S256",
    }).toString()}`,
  );

const begins = async (rig: Rig, clientId: string, redirectUri?: string): Promise<boolean> => {
  const answer = await authorize(rig, clientId, redirectUri);
  return answer.status === 302 && (answer.headers.get("location") ?? "").startsWith(`${rig.baseUrl}/app/consent`);
};

async function start(t: Parameters<typeof startOAuth>[0], database: Parameters<typeof startOAuth>[1]) {
  const web = testWeb();
  return { web, rig: await startOAuth(t, database, { web }) };
}

eachEngine("a client is known by the document that its id is the address of", migrations, async (t, database) => {
  const { rig, web } = await start(t, database);
  const userId = await rig.addUser();

  await t.test("it links, calls, refreshes and is revoked like any other", async () => {
    web.publish(ID, documentOf({ client_uri: "https://host.example/", client_name: "A \u202ehost" }));
    const { access, refresh } = await rig.link(ID, userId);
    const caller: unknown = await (await rig.call(access)).json();
    assert.equal(z.looseObject({ clientId: z.string() }).parse(caller).clientId, ID);
    const next = await tokensOf(rig.refresh(ID, refresh));
    await rig.postForm("/revoke", { token: next.access, client_id: ID });
    assert.equal((await rig.call(next.access)).status, 401);
    assert.equal(web.asked(ID), 1, "the document is read once");
  });

  await t.test("only the addresses in it take answers, and the person reads its name plain", async () => {
    const answer = await authorize(rig, ID, "https://evil.example/cb");
    assert.equal(answer.status, 400);
    assert.doesNotMatch(await answer.text(), /evil\.example/);
    const cookie = (await authorize(rig, ID)).headers;
    const handle = new URL(cookie.get("location") ?? "").searchParams.get("request") ?? "";
    const details: unknown = await (
      await rig.get(`/api/consent?request=${encodeURIComponent(handle)}`, {
        cookie: (cookie.get("set-cookie") ?? "").split(";")[0] ?? "",
      })
    ).json();
    assert.deepEqual(z.looseObject({ client: z.unknown() }).parse(details).client, {
      id: ID,
      name: "A host",
      uri: "https://host.example/",
    });
  });

  const unusable: readonly (readonly [why: string, document: unknown, more?: Parameters<TestWeb["publish"]>[2]])[] = [
    ["another client_id", documentOf({ client_id: `${ID}x` })],
    ["no client_id", { redirect_uris: [CALLBACK] }],
    ["a published secret", documentOf({ client_secret: "s" })],
    ["a secret to prove it by", documentOf({ token_endpoint_auth_method: "client_secret_basic" })],
    ["a method that nobody knows", documentOf({ token_endpoint_auth_method: "tls_client_auth" })],
    ["private_key_jwt without keys", documentOf({ token_endpoint_auth_method: "private_key_jwt" })],
    ["no addresses", documentOf({ redirect_uris: [] })],
    ["an address that runs script", documentOf({ redirect_uris: [CALLBACK, "javascript:alert(1)"] })],
    ["another flow", documentOf({ grant_types: ["client_credentials"] })],
    ["only scopes of others", documentOf({ scope: "admin:all" })],
    ["a list", [documentOf()]],
    ["null", null],
    ["half a character", documentOf({ client_name: "\ud800" })],
    ["no JSON", {}, { body: "<html>" }],
    ["a page", documentOf(), { headers: { "content-type": "text/html" } }],
    ["no type", documentOf(), { headers: {} }],
    ["403", documentOf(), { status: 403 }],
    ["404", documentOf(), { status: 404 }],
    ["a redirect", documentOf(), { status: 302, headers: { location: ID } }],
  ];
  await t.test("a document that breaks a rule is refused with the reason, and nothing is stored", async () => {
    for (const [index, [why, document, more]] of unusable.entries()) {
      const id = `https://host.example/bad/${index}`;
      const own = JSON.parse(JSON.stringify(document).replaceAll(ID, id));
      web.publish(id, own, more);
      const answer = await authorize(rig, id);
      assert.equal(answer.status, 400, why);
      assert.match(await answer.text(), /metadata|JSON|redirect|stored|character|surrogate/i, why);
      await refused(await rig.exchange(id, "code"), 401, "invalid_client");
    }
    const { rows } = await database.query("select id from oauth_clients", []);
    assert.deepEqual(rows, [{ id: ID }]);
  });

  await t.test("flood: whatever strangers name, nothing is stored before a person agrees", async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `https://host.example/flood/${index}.json`);
    for (const id of ids) web.publish(id, documentOf({ client_id: id }));
    const chatGpts = Array.from({ length: 30 }, (_, index) => `https://chatgpt.com/oauth/made-up-${index}/client.json`);
    for (const id of ids) assert.ok(await begins(rig, id));
    for (const [index, id] of chatGpts.entries())
      assert.ok(await begins(rig, id, `https://chatgpt.com/connector/oauth/made-up-${index}`));
    for (const id of [...ids, ...chatGpts]) await refused(await rig.exchange(id, "code"), 400, "invalid_grant");
    const { rows } = await database.query("select id from oauth_clients", []);
    assert.deepEqual(rows, [{ id: ID }]);
  });

  await t.test("ssrf: an id that is no plain https address is never fetched", async () => {
    for (const id of [
      "http://host.example/client.json",
      "https://host.example",
      "https://host.example/",
      "https://user@host.example/client.json",
      "https://user:pw@host.example/client.json",
      "https://host.example:8443/client.json",
      "https://host.example/a/../client.json",
      "https://host.example/./client.json",
      "https://host.example/client.json#x",
      "https://HOST.example/client.json",
      "https://host.example/cl ient.json",
      "https:\\\\host.example\\client.json",
      "https:/host.example/client.json",
      "https:///host.example/client.json",
      "file:///etc/passwd",
      `https://host.example/${"x".repeat(512)}`,
    ]) {
      assert.equal((await authorize(rig, id)).status, 400, id);
      assert.equal(web.asked(id), 0, id);
    }
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("a document is read again when its time is over, and not before", migrations, async (t, database) => {
  const { rig, web } = await start(t, database);
  const publish = (control: string | undefined, more = {}) =>
    web.publish(ID, documentOf(more), {
      headers: { "content-type": "application/json; charset=utf-8", ...(control ? { "cache-control": control } : {}) },
    });
  /** Seconds after which it is fetched again. */
  const freshFor = async (control: string | undefined, seconds: number): Promise<void> => {
    publish(control);
    rig.clock.advance(25 * 3600);
    assert.ok(await begins(rig, ID));
    const before = web.asked(ID);
    rig.clock.advance(seconds - 1);
    assert.ok(await begins(rig, ID));
    assert.equal(web.asked(ID), before, `${control}: still fresh`);
    rig.clock.advance(1);
    assert.ok(await begins(rig, ID));
    assert.equal(web.asked(ID), before + 1, `${control}: asked again`);
  };

  await t.test("its host's word counts, from five minutes to a day; else it is an hour", async () => {
    await freshFor(undefined, 3600);
    await freshFor("public, max-age=7200", 7200);
    await freshFor("max-age=1", 300);
    await freshFor("max-age=99999999", 24 * 3600);
    await freshFor("no-store", 300);
    await freshFor("no-cache, max-age=7200", 300);
  });

  await t.test("host-down: the last good copy links on, and the host is asked once a minute", async () => {
    const userId = await rig.addUser();
    const { refresh } = await rig.link(ID, userId);
    web.takeDown(ID);
    rig.clock.advance(3 * 24 * 3600);
    const before = web.asked(ID);
    assert.ok(await begins(rig, ID));
    await tokensOf(rig.refresh(ID, refresh));
    assert.equal(web.asked(ID), before + 1);
    rig.clock.advance(61);
    assert.ok(await begins(rig, ID));
    assert.equal(web.asked(ID), before + 2);
    web.publish(ID, { nonsense: true });
    rig.clock.advance(61);
    assert.ok(await begins(rig, ID), "a document that became unusable is as good as none");
  });

  await t.test("negative-cache: an unknown document that fails is not asked for again within a minute", async () => {
    const id = "https://host.example/never.json";
    for (let index = 0; index < 5; index += 1) assert.equal(await begins(rig, id), false);
    assert.equal(web.asked(id), 1);
    web.publish(id, documentOf({ client_id: id }));
    rig.clock.advance(61);
    assert.ok(await begins(rig, id));
  });

  await t.test("twenty people at once cost one fetch", async () => {
    const id = "https://host.example/popular.json";
    web.publish(id, documentOf({ client_id: id }));
    const all = await Promise.all(Array.from({ length: 20 }, () => begins(rig, id)));
    assert.deepEqual([all.every(Boolean), web.asked(id)], [true, 1]);
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("a host is asked so often and no more, whatever ids are made up on it", migrations, async (t, database) => {
  const keys: string[] = [];
  const limits: LimitsPort = {
    async take(limit, key) {
      if (limit.name !== "oauth-document-host") return;
      keys.push(key);
      if (keys.length > 3) throw new AppError("rate_limited", "Too many.", { details: { retryAfter: 9 } });
    },
  };
  const web = testWeb();
  const rig = await startOAuth(t, database, { web, limits });
  for (let index = 0; index < 6; index += 1) await authorize(rig, `https://host.example/${index}`);
  assert.deepEqual(new Set(keys), new Set(["host.example"]));
  assert.equal(
    Array.from({ length: 6 }, (_, index) => web.asked(`https://host.example/${index}`)).filter(Boolean).length,
    3,
  );
  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("known hosts link while their documents cannot be read", migrations, async (t, database) => {
  const { rig, web } = await start(t, database);
  const userId = await rig.addUser();
  const known: readonly (readonly [id: string, ...redirects: string[]])[] = [
    ["https://chatgpt.com/oauth/client.json", "https://chatgpt.com/connector_platform_oauth_redirect"],
    ["https://chatgpt.com/oauth/IbUR3zxyNQ16/client.json", "https://chatgpt.com/connector/oauth/IbUR3zxyNQ16"],
    [
      "https://chatgpt.com/oauth/codex/client.json",
      "http://127.0.0.1:54321/callback",
      "http://localhost:41239/callback",
    ],
    [
      "https://claude.ai/oauth/mcp-oauth-client-metadata",
      "https://claude.ai/api/mcp/auth_callback",
      "https://claude.com/api/mcp/auth_callback",
    ],
    [
      "https://claude.ai/oauth/claude-code-client-metadata",
      "http://localhost:3118/callback",
      "http://127.0.0.1:50000/callback",
    ],
  ];

  await t.test("claude-ai-mcp#650: each with the addresses that its host published", async () => {
    for (const [id, ...redirects] of known) {
      web.publish(id, "Just a moment...", { status: 403, headers: { "content-type": "text/html" } });
      for (const redirect_uri of redirects) {
        const { access } = await rig.link(id, userId, { redirect_uri });
        assert.equal((await rig.call(access)).status, 200, redirect_uri);
      }
      assert.equal(await begins(rig, id, "https://chatgpt.com/connector/oauth/other"), false);
      assert.equal(await begins(rig, id, "https://evil.example/cb"), false);
    }
  });

  await t.test("an id that only looks like theirs is nobody's", async () => {
    for (const id of [
      "https://chatgpt.com.evil.example/oauth/client.json",
      "https://chatgpt.com/oauth/a/b/client.json",
      "https://chatgpt.com/oauth/client.json?x=1",
      "https://claude.ai/oauth/mcp-oauth-client-metadata/x",
    ])
      assert.equal(await begins(rig, id, "https://chatgpt.com/connector_platform_oauth_redirect"), false, id);
  });

  await t.test("and the first document that is read takes the place of what was shipped", async () => {
    const id = "https://claude.ai/oauth/mcp-oauth-client-metadata";
    const moved = "https://claude.ai/api/new_callback";
    web.publish(id, { client_id: id, client_name: "Claude", redirect_uris: [moved] });
    rig.clock.advance(61);
    assert.ok(await begins(rig, id, moved));
    assert.equal(await begins(rig, id, "https://claude.ai/api/mcp/auth_callback"), false);
    web.takeDown(id);
    rig.clock.advance(25 * 3600);
    assert.ok(await begins(rig, id, moved), "for good: the last good copy, not the shipped one");
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("a document that changes under a standing consent", migrations, async (t, database) => {
  const { rig, web } = await start(t, database);
  const userId = await rig.addUser();
  const change = (more: Record<string, unknown>): void => {
    web.publish(ID, documentOf(more));
    rig.clock.advance(3601);
  };

  await t.test("lion-reader#1520: a link whose address was given up is not refreshed; it is linked again", async () => {
    change({});
    const { refresh } = await rig.link(ID, userId);
    change({ redirect_uris: ["https://evil.example/cb"] });
    const answer = await refused(await rig.refresh(ID, refresh), 400, "invalid_grant");
    assert.match(String(answer["error_description"]), /given up the address/);
    assert.match(String(answer["next"]), /Link the account again/);
    await rig.oauth.attempts.settled();
    const told = await rig.oauth.administration.attempts(database.handle, { limit: 5 });
    assert.match(JSON.stringify(told), /given up the address that it had since it was linked/, "the timeline says why");
    change({ redirect_uris: ["https://new.example/cb"] });
    const again = await rig.link(ID, userId, { redirect_uri: "https://new.example/cb" });
    await tokensOf(rig.refresh(ID, again.refresh));
  });

  await t.test("nor does a code that waited for it become a link", async () => {
    change({});
    const { code } = await rig.approve(ID, userId);
    change({ redirect_uris: ["https://evil.example/cb"] });
    await refused(await rig.exchange(ID, code), 400, "invalid_grant");
  });

  await t.test("a scope that was given up ends it, too", async () => {
    change({ scope: "read write" });
    const { refresh } = await rig.link(ID, userId);
    change({ scope: "read" });
    const answer = await refused(await rig.refresh(ID, refresh), 400, "invalid_grant");
    assert.match(String(answer["error_description"]), /given up a scope/);
    change({ scope: "read write" });
    await tokensOf(rig.refresh(ID, refresh));
  });

  await t.test("what is added ends no link: each new link asks anew anyway", async () => {
    change({ scope: "read write" });
    const { refresh } = await rig.link(ID, userId);
    change({
      redirect_uris: ["https://more.example/cb", CALLBACK],
      scope: "read write profile",
      client_name: "Another name",
      token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
    });
    const next = await tokensOf(rig.refresh(ID, refresh));
    assert.equal(next.scope, "read write", "and widens none");
  });

  await t.test("a client that is switched off stays so, whatever its document becomes", async () => {
    await database.query("update oauth_clients set disabled_at = now() where id = $1", [ID]);
    change({ client_name: "Reborn" });
    assert.equal(await begins(rig, ID), false);
    rig.clock.advance(200 * 24 * 3600);
    await rig.oauth.sweep();
    assert.equal(await begins(rig, ID), false, "no sweep lets it come back as new");
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("ChatGPT's document", migrations, async (t, database) => {
  const { rig, web } = await start(t, database);
  const id = "https://chatgpt.com/oauth/IbUR3zxyNQ16/client.json";
  const redirect = "https://chatgpt.com/connector/oauth/IbUR3zxyNQ16";
  web.publish(id, {
    client_id: id,
    client_uri: "https://chatgpt.com/",
    redirect_uris: [redirect],
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    client_name: "ChatGPT",
    token_endpoint_auth_signing_alg: "RS256",
    jwks_uri: "https://chatgpt.com/oauth/jwks.json",
  });

  await t.test("workers-oauth-provider#293: it prefers a key and offers none, so it may come with none", async () => {
    const { access, refresh } = await rig.link(id, await rig.addUser(), { redirect_uri: redirect });
    const caller: unknown = await (await rig.call(access)).json();
    assert.equal(z.looseObject({ channel: z.string() }).parse(caller).channel, "chatgpt");
    await tokensOf(rig.refresh(id, refresh));
    assert.equal(web.asked("https://chatgpt.com/oauth/jwks.json"), 0);
  });

  await t.test("static allow-lists cannot cover it: each connection has an id and an address of its own", async () => {
    const other = "https://chatgpt.com/oauth/kDmjx77UnKOM/client.json";
    web.publish(other, { client_id: other, redirect_uris: ["https://chatgpt.com/connector/oauth/kDmjx77UnKOM"] });
    assert.ok(await begins(rig, other, "https://chatgpt.com/connector/oauth/kDmjx77UnKOM"));
    assert.equal(await begins(rig, other, redirect), false);
  });

  assert.deepEqual(rig.unforeseen, []);
});
