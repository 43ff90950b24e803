import assert from "node:assert/strict";
import { sha256 } from "../../src/kernel/seal.ts";
import { eachEngine } from "../database.ts";
import { CALLBACK, challengeOf, migrations, startOAuth, VERIFIER } from "./rig.ts";

eachEngine("GET /authorize", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
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

  await t.test("after the address is proven the client hears of the error, with its state and our issuer", async () => {
    const wrong: readonly [Record<string, string>, string][] = [
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
    for (const [more, error] of wrong) {
      const response = await ask(more);
      assert.equal(response.status, 302, JSON.stringify(more));
      const location = new URL(response.headers.get("location") ?? "");
      assert.equal(location.origin + location.pathname, CALLBACK);
      assert.equal(location.searchParams.get("error"), error);
      assert.equal(location.searchParams.get("state"), "st");
      assert.equal(location.searchParams.get("iss"), rig.baseUrl);
      assert.ok(location.searchParams.get("error_description"));
      assert.equal(response.headers.get("set-cookie"), null);
    }
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
