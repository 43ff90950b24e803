import assert from "node:assert/strict";
import { sql } from "kysely";
import * as z from "zod";
import type { Database } from "../../src/database/handle.ts";
import { eachEngine } from "../database.ts";
import { begin, CALLBACK, challengeOf, membersOf, migrations, refused, startOAuth, tokensOf, VERIFIER } from "./rig.ts";

const codesIn = async (database: Database): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::int as n from oauth_codes`.execute(database.handle)).rows[0]?.n ?? -1;

const shownPerson = z.strictObject({ label: z.string(), ref: z.string() });

eachEngine("the consent page's decision", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId] = [
    await rig.register({
      client_name: "Good\u202e name",
      client_uri: "https://app.example/about",
      logo_uri: "https://evil.example/x.svg",
    }),
    await rig.addUser(),
  ];
  const session = `session=${userId}`;
  /** Whom the page shows to a browser with these headers. */
  const personOf = async (request: string, headers: Record<string, string>): Promise<string> =>
    shownPerson.parse((await membersOf(await rig.get(`/api/consent?request=${request}`, headers)))["user"]).ref;

  await t.test("it is told whom, where to, what, and what was dropped", async () => {
    const { request, browser } = await begin(rig, clientId);
    const cookie = `${browser}; ${session}`;
    const response = await rig.get(`/api/consent?request=${request}`, { cookie });
    assert.equal(response.headers.get("cache-control"), "no-store");
    const { user, ...details } = await membersOf(response);
    assert.deepEqual(details, {
      client: { id: clientId, name: "Good name", uri: "https://app.example/about" },
      redirectHost: "app.example",
      redirectKind: "https",
      scopes: [
        { name: "read", grants: "Read your items and intents" },
        { name: "wallet:read", grants: "See your wallets and balances" },
      ],
      droppedScopes: ["privy:token:exchange", "nonsense"],
      expiresAt: new Date(rig.clock.now().getTime() + 600_000).toISOString(),
      channel: "mcp",
    });
    const { label, ref } = shownPerson.parse(user);
    assert.equal(label, "person@example.com");
    assert.match(ref, /^[\w-]{43}$/);
    assert.ok(!ref.includes(userId));
    const signedOut = await rig.get(`/api/consent?request=${request}`, { cookie: browser });
    assert.equal((await membersOf(signedOut))["user"], null);
  });

  await t.test("approving answers with the code, state and what was granted, once", async () => {
    const { request, browser } = await begin(rig, clientId);
    const headers = { cookie: `${browser}; ${session}`, origin: rig.baseUrl };
    const decision = { request, user_consent: true, person: await personOf(request, headers) };
    const answer = await membersOf(await rig.postJson("/authorize", decision, headers));
    assert.deepEqual(Object.keys(answer).toSorted(), ["code", "redirect_uri", "scope", "state"]);
    assert.equal(answer["scope"], "read wallet:read");
    const location = new URL(String(answer["redirect_uri"]));
    assert.equal(location.searchParams.get("code"), answer["code"]);
    assert.equal(location.searchParams.get("iss"), rig.baseUrl);
    await refused(await rig.postJson("/authorize", decision, headers), 400, "invalid_request");
    assert.equal((await tokensOf(rig.exchange(clientId, String(answer["code"])))).scope, "read wallet:read");
  });

  await t.test("8 approvals of one request at once make one code", async () => {
    const { request, browser } = await begin(rig, clientId);
    const headers = { cookie: `${browser}; ${session}`, origin: rig.baseUrl };
    const decision = { request, user_consent: true, person: await personOf(request, headers) };
    const approve = () => rig.postJson("/authorize", decision, headers);
    const answers = await Promise.all(Array.from({ length: 8 }, approve));
    assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  });

  await t.test("consent is never implied, and only the signed-in person of this browser can give it", async () => {
    const { request, browser } = await begin(rig, clientId);
    const before = await codesIn(database);
    const headers = { cookie: `${browser}; ${session}`, origin: rig.baseUrl };
    for (const consent of [undefined, null, "true", 1, "yes", {}]) {
      const answer = await refused(
        await rig.postJson("/authorize", { request, user_consent: consent }, headers),
        400,
        "invalid_request",
      );
      assert.match(String(answer["error_description"]), /user_consent/);
    }
    const decision = { request, user_consent: true, person: await personOf(request, headers) };
    const signedOut = await rig.postJson("/authorize", decision, { ...headers, cookie: browser });
    await refused(signedOut, 401, "authentication_required");
    await refused(await rig.postJson("/authorize", decision, { ...headers, cookie: session }), 400, "invalid_request");
    await refused(
      await rig.postJson("/authorize", decision, { ...headers, origin: "https://evil.example" }),
      403,
      "invalid_request",
    );
    await refused(await rig.postJson("/authorize", decision, { ...headers, origin: "null" }), 403, "invalid_request");
    await refused(await rig.postForm("/authorize", { request, user_consent: "true" }, headers), 415, "invalid_request");
    const other = await begin(rig, clientId);
    await refused(
      await rig.postJson("/authorize", decision, { ...headers, cookie: `${other.browser}; ${session}` }),
      400,
      "invalid_request",
    );
    rig.clock.advance(601);
    await refused(await rig.postJson("/authorize", decision, headers), 400, "invalid_request");
    assert.equal(await codesIn(database), before, "nothing was stored");
  });

  await t.test("the person who decides is the one whom the page showed", async () => {
    const { request, browser } = await begin(rig, clientId);
    const other = await rig.addUser();
    const as = (user: string) => ({ cookie: `${browser}; session=${user}`, origin: rig.baseUrl });
    const shownTo = (user: string): Promise<string> => personOf(request, as(user));
    const person = await shownTo(userId);
    assert.equal(await shownTo(userId), person);
    assert.notEqual(await shownTo(other), person);
    const before = await codesIn(database);
    const decision = { request, user_consent: true, person };
    const answer = await refused(await rig.postJson("/authorize", decision, as(other)), 409, "conflict");
    assert.equal(answer["error_description"], "You are signed in as somebody else now.");
    const query = new URLSearchParams({ response_type: "code", client_id: clientId, redirect_uri: CALLBACK });
    query.set("code_challenge", challengeOf(VERIFIER));
    query.set("code_challenge_method", "S256");
    const begun = await rig.get(`/authorize?${query.toString()}`, { cookie: browser });
    const second = new URL(begun.headers.get("location") ?? "").searchParams.get("request") ?? "";
    const reused = { ...decision, request: second };
    await refused(await rig.postJson("/authorize", reused, as(userId)), 409, "conflict");
    await refused(await rig.postJson("/authorize", { ...decision, person: userId }, as(userId)), 409, "conflict");
    const nobody = await rig.postJson("/authorize", { request, user_consent: true }, as(userId));
    const unnamed = await refused(nobody, 400, "invalid_request");
    assert.match(String(unnamed["error_description"]), /^person is missing/);
    assert.equal(await codesIn(database), before, "nothing was stored");
    assert.equal((await rig.postJson("/authorize", decision, as(userId))).status, 200);
  });

  await t.test("the page hears of errors as from all of the API, a client as OAuth spells them", async () => {
    const { request, browser } = await begin(rig, clientId);
    const headers = { cookie: browser, origin: rig.baseUrl };
    const page = await rig.postJson("/authorize", { request, user_consent: true }, headers);
    await refused(page, 401, "authentication_required");
    const client = await rig.postJson("/authorize", rig.decision(clientId, userId, { privy_token: "expired" }));
    await refused(client, 401, "invalid_token");
  });

  await t.test("deny-reaches-client: declining tells the client, and stores nothing", async () => {
    const { request, browser } = await begin(rig, clientId);
    const before = await codesIn(database);
    const answer = await membersOf(
      await rig.postJson("/authorize", { request, user_consent: false }, { cookie: browser, origin: rig.baseUrl }),
    );
    assert.deepEqual({ ...answer, redirect_uri: "" }, { redirect_uri: "", error: "access_denied", state: "zz" });
    const location = new URL(String(answer["redirect_uri"]));
    assert.equal(location.searchParams.get("error"), "access_denied");
    assert.equal(location.searchParams.get("state"), "zz");
    assert.equal(location.searchParams.get("iss"), rig.baseUrl);
    assert.equal(await codesIn(database), before);
  });

  await t.test("a handle that is none is refused where the page asks for it", async () => {
    for (const request of ["", "x", "A".repeat(200), "A".repeat(30_000)]) {
      const status = (await rig.get(`/api/consent?request=${request}`)).status;
      assert.ok(status === 400 || status === 431, String(status));
    }
    await refused(await rig.get("/api/consent?request=x"), 400, "invalid_request");
  });

  assert.deepEqual(rig.unforeseen, []);
});

for (const path of ["/authorize", "/authorize/complete"]) {
  eachEngine(`POST ${path} with an upstream token`, migrations, async (t, database) => {
    const rig = await startOAuth(t, database);
    const [clientId, userId] = [await rig.register(), await rig.addUser()];
    const send = (more: Record<string, unknown> = {}, headers = {}) =>
      rig.postJson(path, rig.decision(clientId, userId, more), headers);

    await t.test("it answers with the address, the code, the state and the scope", async () => {
      const answer = await membersOf(await send());
      assert.deepEqual(Object.keys(answer).toSorted(), ["code", "redirect_uri", "scope", "state"]);
      assert.equal((await rig.exchange(clientId, String(answer["code"]))).status, 200);
      const stateless = await membersOf(await send({ state: undefined }));
      assert.equal("state" in stateless, false);
    });

    await t.test("exchange-identity-spoof: an id that is not the token's own subject is refused", async () => {
      await refused(await send({ privy_user_id: "did:privy:someone-else" }), 401, "invalid_token");
      const asMe = await send({ privy_user_id: "did:privy:victim", privy_token: `privy|did:privy:thief|${userId}` });
      await refused(asMe, 401, "invalid_token");
      await refused(await send({ privy_token: "expired-or-foreign" }), 401, "invalid_token");
      await refused(await send({ privy_token: undefined }), 400, "invalid_request");
      assert.equal(await codesIn(database), 2, "nothing was stored");
    });

    await t.test("consent is never implied", async () => {
      for (const consent of [undefined, null, "true", 1]) {
        await refused(await send({ user_consent: consent }), 400, "invalid_request");
      }
      const declined = await membersOf(await send({ user_consent: false, privy_token: undefined }));
      assert.equal(declined["error"], "access_denied");
      assert.equal(new URL(String(declined["redirect_uri"])).searchParams.get("error"), "access_denied");
    });

    await t.test("what is wrong with a request is wrong here too", async () => {
      await refused(await send({ client_id: "client_unknown" }), 401, "invalid_client");
      await refused(await send({ redirect_uri: "https://evil.example/" }), 400, "invalid_request");
      await refused(await send({ redirect_uri: "javascript:alert(1)", user_consent: false }), 400, "invalid_request");
      await refused(await send({ code_challenge: undefined }), 400, "invalid_request");
      await refused(await send({ code_challenge_method: "plain" }), 400, "invalid_request");
      await refused(await send({ scope: "openid" }), 400, "invalid_scope");
      await refused(await send({ resource: "https://evil.example" }), 400, "invalid_target");
      await refused(await send({ state: 7 }), 400, "invalid_request");
      await refused(await send({ state: "\ud800" }), 400, "invalid_request");
      await refused(await send({ state: "\u0000" }), 400, "invalid_request");
      await refused(await send({}, { origin: "https://evil.example" }), 403, "invalid_request");
      await refused(await send({}, { "content-type": "text/plain" }), 415, "invalid_request");
    });

    assert.deepEqual(rig.unforeseen, []);
  });
}
