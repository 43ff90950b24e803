import assert from "node:assert/strict";
import { shownPerson } from "../clients/shown-person.ts";
import { eachEngine } from "../database.ts";
import { migrations, type Rig, startOAuth, VERIFIER, challengeOf, CALLBACK } from "./rig.ts";

const everything = { limit: 100 };

/** Each attempt as `state: steps`, a failed step with its code, the one that began first first. */
async function timelines(rig: Rig): Promise<string[]> {
  await rig.oauth.attempts.settled();
  const attempts = await rig.oauth.administration.attempts(rig.database.handle, everything);
  return attempts
    .toReversed()
    .map(
      ({ state, steps }) =>
        `${state}: ${steps.map(({ step, code, count }) => `${step}${code === null ? "" : `!${code}`}${count > 1 ? `×${count}` : ""}`).join(" ")}`,
    );
}

const cookieOf = (response: Response): string => (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

/** A person's way through the browser up to the consent page, signed in. */
async function toConsent(rig: Rig, clientId: string, userId: string) {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: "read write",
    state: "secret-state",
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: "S256",
  });
  const begun = await rig.get(`/authorize?${query}`);
  const handle = new URL(begun.headers.get("location") ?? "").searchParams.get("request") ?? "";
  const link = cookieOf(begun);
  const cookie = `${link}; session=${userId}`;
  const details = (headers: Record<string, string>) =>
    rig.get(`/api/consent?${new URLSearchParams({ request: handle })}`, headers);
  assert.equal((await details({ cookie: link })).status, 200);
  const shown = await details({ cookie });
  const person = await shownPerson(shown.clone());
  const decide = (allow: boolean) =>
    rig.postJson("/authorize", { request: handle, user_consent: allow, person }, { cookie, origin: rig.baseUrl });
  return { shown, decide };
}

const codeIn = async (response: Response): Promise<string> =>
  new URL(String((await response.json()).redirect_uri)).searchParams.get("code") ?? "";

eachEngine("the timeline of linking", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const fresh = async () => {
    // Far enough from what was before that nothing of it is joined.
    rig.clock.advance(2 * 3600);
    return rig.addUser();
  };

  await t.test("tells each step of a link that works, once", async () => {
    const ana = await fresh();
    await rig.get("/.well-known/oauth-protected-resource/mcp");
    await rig.get("/.well-known/oauth-authorization-server");
    const clientId = await rig.register({ client_name: "Claude" });
    const { decide } = await toConsent(rig, clientId, ana);
    const exchanged = await rig.exchange(clientId, await codeIn(await decide(true)));
    const { access_token: token } = await exchanged.json();
    for (const _ of [1, 2, 3]) assert.equal((await rig.call(String(token))).status, 200);
    assert.deepEqual(await timelines(rig), [
      "working: discovery×2 registration authorize sign_in consent token first_call",
    ]);
    const [own] = await rig.oauth.ownAttempts(ana);
    assert.deepEqual(
      [own?.clientId, own?.clientName, own?.channel, own?.redirect, own?.folded],
      [clientId, "Claude", "mcp", CALLBACK, 0],
    );
    assert.ok(own?.steps.every(({ outcome, reason, fix }) => outcome === "ok" && reason === null && fix === null));
    assert.equal(await rig.oauth.ownAttempts(await rig.addUser()).then((attempts) => attempts.length), 0);
  });

  await t.test("says at which step it stopped, why, and what mends it", async () => {
    const before = (await timelines(rig)).length;
    const ben = await fresh();
    const clientId = await rig.register();
    const { decide } = await toConsent(rig, clientId, ben);
    await rig.exchange(clientId, await codeIn(await decide(true)), { code_verifier: "x".repeat(43) });
    assert.deepEqual((await timelines(rig)).slice(before), [
      "failed: registration authorize sign_in consent token!invalid_grant",
    ]);
    const failed = (await rig.oauth.ownAttempts(ben))[0]?.steps.at(-1);
    assert.match(failed?.reason ?? "", /code_verifier/);
    assert.match(failed?.fix ?? "", /Link again/);
    assert.match(failed?.requestId ?? "", /^req-/);
  });

  await t.test("tells a refusal, and a decision that came too late", async () => {
    const before = (await timelines(rig)).length;
    const eva = await fresh();
    const clientId = await rig.register();
    const declining = await toConsent(rig, clientId, eva);
    await declining.decide(false);
    await fresh();
    const late = await toConsent(rig, clientId, eva);
    rig.clock.advance(11 * 60);
    assert.equal((await late.decide(true)).status, 400);
    assert.deepEqual((await timelines(rig)).slice(before), [
      "failed: registration authorize sign_in consent!access_denied",
      "failed: authorize sign_in consent!invalid_request",
    ]);
  });

  await t.test(
    "tells of requests that came to no page: unknown clients, foreign addresses, odd registrations",
    async () => {
      const before = (await timelines(rig)).length;
      await fresh();
      for (const _ of [1, 2])
        await rig.get("/authorize?client_id=from-before&redirect_uri=https://evil.example/cb?code=SECRET");
      await fresh();
      await rig.postJson("/register", { redirect_uris: ["http://evil.example/cb"] });
      await fresh();
      const clientId = await rig.register();
      await rig.get(
        `/authorize?client_id=${clientId}&redirect_uri=https://evil.example/cb%3Ftoken=SECRET&state=SECRET`,
      );
      assert.deepEqual((await timelines(rig)).slice(before), [
        "failed: authorize!invalid_client×2",
        "failed: registration!invalid_redirect_uri",
        "failed: registration authorize!invalid_request",
      ]);
      const attempts = await rig.oauth.administration.attempts(rig.database.handle, { limit: 1 });
      assert.equal(attempts[0]?.redirect, "https://evil.example/cb");
    },
  );

  await t.test("tells of a link that is ended by its own refresh token, at the end of its timeline", async () => {
    const ida = await fresh();
    const clientId = await rig.register();
    const { refresh } = await rig.link(clientId, ida);
    await rig.refresh(clientId, refresh);
    rig.clock.advance(31);
    await rig.refresh(clientId, refresh);
    assert.match((await timelines(rig)).at(-1) ?? "", /^failed: .*token token!invalid_grant$/);
  });

  await t.test("tells of a first call that was stopped, and of the one that came in", async () => {
    const uma = await fresh();
    const clientId = await rig.register();
    const { access } = await rig.link(clientId, uma, { resource: `${rig.baseUrl}/mcp` });
    const elsewhere = await rig.get("/receipts", { authorization: `Bearer ${access}` });
    assert.equal(elsewhere.status, 401);
    for (const _ of [1, 2, 3]) await rig.get("/receipts", { authorization: `Bearer ${access}` });
    assert.match(
      (await timelines(rig)).at(-1) ?? "",
      /^failed: .* first_call!invalid_token$/,
      "told once, not four times",
    );
    await rig.call(access);
    assert.match((await timelines(rig)).at(-1) ?? "", /^working: .* first_call$/);
  });

  await t.test("keeps no secret, no code, no query and no address, and a hostile name is harmless", async () => {
    const ivo = await fresh();
    const name = `Ev\u202eil\u0000 ${"x".repeat(150)}<script>`;
    const clientId = await rig.register({ client_name: name.replace("\u0000", "\u0007") });
    const { code, access, refresh } = await rig.link(clientId, ivo);
    await rig.exchange(clientId, "a-code-that-is-none");
    await rig.oauth.attempts.settled();
    const stored = JSON.stringify(await database.query("select * from oauth_link_attempts", []));
    for (const secret of [
      code,
      access,
      refresh,
      VERIFIER,
      "SECRET",
      "secret-state",
      "a-code-that-is-none",
      "198.51.100.7",
    ])
      assert.ok(!stored.includes(secret), secret);
    const [own] = await rig.oauth.ownAttempts(ivo);
    assert.doesNotMatch(own?.clientName ?? "", /[\p{C}]/u);
    assert.ok((own?.clientName ?? "").length <= 80);
  });

  await t.test("is never in the way: what cannot be written is dropped", async () => {
    await database.query("alter table oauth_link_attempts rename to away", []);
    const tom = await fresh();
    const clientId = await rig.register();
    const { access } = await rig.link(clientId, tom);
    assert.equal((await rig.call(access)).status, 200);
    await rig.oauth.attempts.settled();
    await database.query("alter table away rename to oauth_link_attempts", []);
    assert.deepEqual(await rig.oauth.ownAttempts(tom), []);
  });

  await t.test("is swept: strangers' after two days, a person's after thirty", async () => {
    const zoe = await fresh();
    await rig.link(await rig.register(), zoe);
    await rig.get("/authorize?client_id=nobody");
    const count = async () => [(await timelines(rig)).length, (await rig.oauth.ownAttempts(zoe)).length];
    assert.equal((await count())[1], 1);
    rig.clock.advance(3 * 24 * 3600);
    await rig.oauth.sweep();
    const attempts = await rig.oauth.administration.attempts(database.handle, everything);
    assert.ok(attempts.every(({ userId }) => userId !== null));
    assert.equal((await count())[1], 1);
    rig.clock.advance(28 * 24 * 3600);
    await rig.oauth.sweep();
    assert.deepEqual(await count(), [0, 0]);
    assert.deepEqual(rig.unforeseen, []);
  });
});

eachEngine("a flood of strangers fills no table, and hides nobody", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const ana = await rig.addUser();
  const clientId = await rig.register();
  for (let round = 0; round < 12; round++) {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        rig.get(`/authorize?client_id=${clientId}&redirect_uri=https://${round}-${index}.example`),
      ),
    );
    await Promise.all(Array.from({ length: 50 }, (_, index) => rig.get(`/authorize?client_id=c-${round}-${index}`)));
    rig.clock.advance(2);
  }
  const attempts = await rig.oauth.administration.attempts(database.handle, { limit: 1000 });
  assert.ok(attempts.length <= 41, `${attempts.length} attempts are kept`);
  const { access } = await rig.link(clientId, ana);
  await rig.call(access);
  const [own] = await rig.oauth.ownAttempts(ana);
  assert.equal(own?.state, "working");
});
