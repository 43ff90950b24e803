import assert from "node:assert/strict";
import { sha256 } from "../../src/kernel/seal.ts";
import { eachEngine } from "../database.ts";
import { CALLBACK, challengeOf, migrations, startOAuth, VERIFIER } from "./rig.ts";
import { testWeb } from "./web.ts";

eachEngine("GET /authorize", migrations, async (t, database) => {
  const web = testWeb();
  const rig = await startOAuth(t, database, { web });
  const clientId = await rig.register({ redirect_uris: [CALLBACK, "http://localhost/callback"] });
  const good = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    state: "st",
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: "S256",
  };
  const ask = (more: Record<string, string> = {}) =>
    rig.get(`/authorize?${new URLSearchParams({ ...good, ...more }).toString()}`);

  await t.test("a sound request goes to our own consent page, bound to the browser", async () => {
    const response = await ask();
    assert.equal(response.status, 302);
    assert.ok(response.headers.get("location")?.startsWith(`${rig.baseUrl}/app/consent?request=`));
    assert.match(response.headers.get("set-cookie") ?? "", /HttpOnly; SameSite=Lax/);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    assert.match(response.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
  });

  await t.test("it grants nothing by itself, whoever is signed in", async () => {
    const address = `/authorize?${new URLSearchParams(good).toString()}`;
    const response = await rig.get(address, { cookie: `session=${await rig.addUser()}` });
    assert.ok(response.headers.get("location")?.startsWith(`${rig.baseUrl}/app/consent`));
  });

  await t.test("redirect-injection: before the address is proven nobody is sent anywhere", async () => {
    const wrong: Record<string, string>[] = [
      { client_id: "client_unknown" },
      { client_id: "" },
      { redirect_uri: "" },
      { redirect_uri: "https://evil.example/callback" },
      { redirect_uri: `${CALLBACK}/../evil` },
      { redirect_uri: `${CALLBACK}#` },
      { redirect_uri: "javascript:alert(document.domain)" },
      { redirect_uri: "//evil.example" },
      { redirect_uri: "http://localhost:1@evil.example/callback" },
      { redirect_uri: "https://evil.example/", response_type: "token" },
      { state: "x".repeat(3000) },
      { scope: "\u0000" },
    ];
    for (const more of wrong) {
      const response = await ask(more);
      assert.equal(response.status, 400, JSON.stringify(more));
      assert.equal(response.headers.get("location"), null);
      assert.equal(response.headers.get("set-cookie"), null);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    }
    const twice = await rig.get(
      `/authorize?${new URLSearchParams(good).toString()}&redirect_uri=https%3A%2F%2Fevil.example`,
    );
    assert.equal(twice.status, 400);
    assert.equal(twice.headers.get("location"), null);
  });

  await t.test(
    "error-page-javascript-url: the error page links nowhere, runs nothing and repeats no address",
    async () => {
      const hostile = `javascript:alert("<img src=x onerror=alert(1)>")`;
      const response = await ask({ redirect_uri: hostile, client_id: "<script>alert(1)</script>", state: hostile });
      const page = await response.text();
      assert.doesNotMatch(page, /javascript:|<script|<img|<a |href=|action=|onerror|location/i);
      assert.match(page, /invalid_client/);
      assert.match(page, /req-[\w-]+/, "the page names the request to quote");
      const policy = response.headers.get("content-security-policy") ?? "";
      assert.match(policy, /^default-src 'none'; /);
      const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? "";
      assert.ok(
        policy.includes(`'sha256-${sha256(style).toString("base64")}'`),
        "the policy allows exactly this style",
      );
    },
  );

  const wrongAfterProof: readonly [Record<string, string>, string][] = [
    [{ response_type: "" }, "invalid_request"],
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ response_mode: "fragment" }, "invalid_request"],
    [{ request_uri: "https://evil.example/r" }, "invalid_request"],
    [{ code_challenge: "" }, "invalid_request"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ code_challenge_method: "" }, "invalid_request"],
    [{ code_challenge: "short" }, "invalid_request"],
    [{ scope: "openid email" }, "invalid_scope"],
    [{ resource: "https://evil.example/mcp" }, "invalid_target"],
  ];

  /** What the client would read at an address that carries an error. */
  function assertTells(address: string, callback: string, error: string): void {
    const { origin, pathname, searchParams } = new URL(address);
    assert.equal(origin + pathname, callback);
    assert.equal(searchParams.get("error"), error);
    assert.equal(searchParams.get("state"), "st");
    assert.equal(searchParams.get("iss"), rig.baseUrl);
    assert.ok(searchParams.get("error_description"));
  }

  await t.test("a program on this machine hears of an error at once, with its state and our issuer", async () => {
    const callback = "http://localhost:57470/callback";
    for (const [more, error] of wrongAfterProof) {
      const response = await ask({ redirect_uri: callback, ...more });
      assert.equal(response.status, 302, JSON.stringify(more));
      assertTells(response.headers.get("location") ?? "", callback, error);
      assert.equal(response.headers.get("set-cookie"), null);
    }
  });

  await t.test("so do hosts that we know, and clients that an operator made", async () => {
    const known = "https://claude.ai/api/mcp/auth_callback";
    const host = await rig.register({ redirect_uris: [known] });
    const atHost = await ask({ client_id: host, redirect_uri: known, scope: "openid" });
    assertTells(atHost.headers.get("location") ?? "", known, "invalid_scope");
    await database.query("update oauth_clients set kind = 'operator' where id = $1", [host]);
    await database.query("update oauth_clients set redirect_uris = $2::jsonb where id = $1", [
      host,
      JSON.stringify([CALLBACK]),
    ]);
    const operator = await ask({ client_id: host, scope: "openid" });
    assertTells(operator.headers.get("location") ?? "", CALLBACK, "invalid_scope");
  });

  await t.test("open-redirect: anyone else's page is named and linked, and nobody is sent there", async () => {
    for (const [more, error] of wrongAfterProof) {
      const response = await ask(more);
      assert.equal(response.status, 400, JSON.stringify(more));
      for (const header of ["location", "refresh", "set-cookie"]) assert.equal(response.headers.get(header), null);
      const page = await response.text();
      assert.match(page, />Go back to app\.example<\/a\s*>/);
      assert.doesNotMatch(page, /<script|<meta http-equiv|<form/i);
      const [link, ...others] = [...page.matchAll(/href="([^"]*)"/g)].map(([, href = ""]) => href);
      assert.deepEqual(others, []);
      assertTells((link ?? "").replaceAll("&amp;", "&"), CALLBACK, error);
    }
  });

  await t.test("the page of an app's address names its scheme, and a hostile state stays text", async () => {
    const editor = await rig.register({ redirect_uris: ["cursor://x/cb"] });
    const state = `"><script>alert(1)</script>`;
    const response = await ask({ client_id: editor, redirect_uri: "cursor://x/cb", scope: "openid", state });
    const page = await response.text();
    assert.equal(response.headers.get("location"), null);
    assert.match(page, />Open the app for cursor: links<\/a\s*>/);
    assert.match(page, /href="cursor:\/\/x\/cb\?error=invalid_scope&amp;/);
    assert.doesNotMatch(page, /<script/);
  });

  await t.test("no page of ours says what a stranger wrote into the address or into a client's document", async () => {
    const words = "https://evil.example/ Your account is locked";
    const twice = new URLSearchParams([...Object.entries(good), [words, "1"], [words, "2"]]);
    const id = "https://host.example/client.json";
    web.publish(id, { client_id: id, redirect_uris: [CALLBACK], token_endpoint_auth_method: words });
    const other = "https://host.example/other.json";
    web.publish(other, { client_id: other, redirect_uris: [CALLBACK], [words]: "\0" });
    const documents = [await ask({ client_id: id }), await ask({ client_id: other })];
    for (const page of [await rig.get(`/authorize?${twice.toString()}`), ...documents]) {
      assert.equal(page.status, 400);
      assert.doesNotMatch(await page.text(), /evil|locked/);
    }
  });

  await t.test("an address that was registered before its scheme was refused is not one to be sent to", async () => {
    const former = await rig.register({ redirect_uris: [CALLBACK] });
    const redirects = JSON.stringify(["itms-services://x"]);
    await database.query("update oauth_clients set redirect_uris = $2::jsonb where id = $1", [former, redirects]);
    const response = await ask({ client_id: former, redirect_uri: "itms-services://x" });
    assert.equal(response.status, 400);
    assert.doesNotMatch(await response.text(), /itms|href/);
  });

  await t.test("audience-with-/mcp: each spelling of our resources is taken", async () => {
    for (const resource of ["", "/", "/mcp", "/mcp/"]) {
      const response = await ask({ resource: `${rig.baseUrl}${resource}` });
      assert.match(response.headers.get("location") ?? "", /\/app\/consent/, resource);
    }
  });

  await t.test("a program on this machine may listen on any port", async () => {
    const response = await ask({ redirect_uri: "http://localhost:57470/callback" });
    assert.match(response.headers.get("location") ?? "", /\/app\/consent/);
  });

  assert.deepEqual(rig.unforeseen, []);
});
