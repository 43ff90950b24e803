import assert from "node:assert/strict";
import { createPrivyIdentity } from "../../src/adapters/identity/privy.ts";
import { createSupabaseIdentity } from "../../src/adapters/identity/supabase.ts";
import { accountData, people } from "../../src/accounts/people.ts";
import { type Vault, createVault } from "../../src/accounts/vault.ts";
import type { Database } from "../../src/database/handle.ts";
import { AppError } from "../../src/kernel/errors.ts";
import type { IdentityProvider } from "../../src/kernel/ports/identity.ts";
import { eachEngine } from "../database.ts";
import {
  ANON_KEY,
  PROJECT_SECRET,
  type SupabaseProject,
  newMember,
  startSupabase,
} from "../upstream/supabase-project.ts";
import { openBrowser } from "./browser.ts";
import { PRIVY_APP, createPrivySigner } from "./privy.ts";
import { type AccountServer, migrations, startAccounts } from "./server.ts";
import { countRows, dumpTables } from "./tables.ts";

const SECRET = "a secret for tests";

const supabaseAt = (project: SupabaseProject): IdentityProvider =>
  createSupabaseIdentity({ url: project.url, jwtSecret: PROJECT_SECRET, anonKey: ANON_KEY, offers: ["email"] });

/** Signs a new person in by the project's mail, which gives a refresh token too. Returns the user's id. */
async function signedIn(server: AccountServer, project: SupabaseProject, email: string): Promise<string> {
  const browser = openBrowser(server);
  const asked = await browser.post("/api/sign-in/supabase/code", { email });
  const { code } = project.mails.get(email) ?? assert.fail();
  const answer = await browser.post("/api/sign-in/supabase/verify", { challenge: asked.body.challenge, code });
  assert.equal(answer.status, 200);
  return answer.body.user.id;
}

const relink = (error: unknown): boolean =>
  error instanceof AppError && error.code === "relink_required" && typeof error.details["provider"] === "string";

async function setUp(t: Parameters<typeof startSupabase>[0], database: Database) {
  const time = { now: () => new Date("2026-11-20T08:00:00Z") };
  const project = await startSupabase(t, { clock: () => time.now(), seconds: 600 });
  const supabase = supabaseAt(project);
  const server = await startAccounts(t, database, { providers: [supabase] });
  time.now = server.clock;
  /** Another process on the same database: only the database is shared. */
  const process = (secret = SECRET): Vault =>
    createVault({ database, clock: server.clock, providers: [supabase], masterSecret: secret });
  return { project, server, process };
}

eachEngine("upstream tokens", migrations, async (t, database) => {
  const { project, server, process } = await setUp(t, database);
  const { accounts, clock } = server;

  await t.test("are kept at sign-in, sealed, and handed out while they live", async () => {
    const userId = await signedIn(server, project, "ada@example.com");
    const first = await accounts.upstreamToken(userId, "supabase");
    assert.match(first.token, /^eyJ/);
    assert.equal(first.expiresAt.toISOString(), "2026-11-20T08:10:00.000Z");
    assert.deepEqual(await process().upstreamToken(userId, "supabase"), first);
    assert.equal(project.refreshes, 0);
    const dump = await dumpTables(database);
    assert.ok(!dump.includes(first.token) && !dump.includes(Buffer.from(first.token).toString("hex")));
    const signature = first.token.split(".")[2] ?? "";
    assert.ok(!dump.includes(Buffer.from(signature).toString("hex")));
  });

  await t.test("are renewed once, however many ask at once in however many processes", async () => {
    const userId = await signedIn(server, project, "grace@example.com");
    const { token: old } = await accounts.upstreamToken(userId, "supabase");
    clock.pass(600);
    project.refreshes = 0;
    project.delay = 150;
    const processes = [process(), process(), process()];
    const asked = Array.from({ length: 12 }, (_, index) =>
      (processes[index % 3] ?? assert.fail()).upstreamToken(userId, "supabase"),
    );
    const got = await Promise.all(asked);
    project.delay = 0;
    assert.equal(new Set(got.map(({ token }) => token)).size, 1);
    assert.notEqual(got[0]?.token, old);
    assert.equal(project.refreshes, 1);
  });

  await t.test("that the provider refuses to renew are deleted, and only a new sign-in brings others", async () => {
    const userId = await signedIn(server, project, "hedy@example.com");
    clock.pass(600);
    project.signEverybodyOut();
    await assert.rejects(accounts.upstreamToken(userId, "supabase"), relink);
    const { rows } = await database.query("select sealed from upstream_tokens where user_id = $1", [userId]);
    assert.deepEqual(rows, [{ sealed: null }]);
    const before = project.refreshes;
    await assert.rejects(process().upstreamToken(userId, "supabase"), relink);
    assert.equal(project.refreshes, before, "what is dead is not tried again");
    assert.equal(await signedIn(server, project, "hedy@example.com"), userId);
    assert.match((await accounts.upstreamToken(userId, "supabase")).token, /^eyJ/);
  });

  await t.test("survive a provider that is down", async () => {
    const userId = await signedIn(server, project, "down@example.com");
    clock.pass(600);
    project.answer("/auth/v1/token", { status: 502, body: "" });
    const isUnavailable = (error: unknown): boolean => error instanceof AppError && error.code === "unavailable";
    await assert.rejects(accounts.upstreamToken(userId, "supabase"), isUnavailable);
    await assert.rejects(process().upstreamToken(userId, "supabase"), isUnavailable);
    project.answer("/auth/v1/token", undefined);
    assert.match((await accounts.upstreamToken(userId, "supabase")).token, /^eyJ/);
  });

  await t.test("whose lease was taken by a process that died are renewed when its time is over", async () => {
    const userId = await signedIn(server, project, "lease@example.com");
    clock.pass(600);
    const until = new Date(clock().getTime() + 20_000);
    await database.query("update upstream_tokens set leased_until = $1 where user_id = $2", [until, userId]);
    const waiting = process().upstreamToken(userId, "supabase");
    clock.pass(21);
    assert.match((await waiting).token, /^eyJ/);
  });

  await t.test("do not open with another secret, nor in another row", async () => {
    const userId = await signedIn(server, project, "moved@example.com");
    const other = await signedIn(server, project, "thief@example.com");
    await database.query(
      "update upstream_tokens set sealed = (select sealed from upstream_tokens where user_id = $1) where user_id = $2",
      [userId, other],
    );
    await assert.rejects(accounts.upstreamToken(other, "supabase"), relink);
    await assert.rejects(process("another secret").upstreamToken(userId, "supabase"), relink);
  });

  await t.test(
    "are wanted once a call needs them, and the page then says so until the person has signed in",
    async () => {
      const browser = openBrowser(server);
      const { id } = await browser.signIn("mail@example.com");
      assert.equal((await browser.get("/api/session")).body.user.renew, undefined);
      await assert.rejects(accounts.upstreamToken(id, "supabase"), relink);
      assert.deepEqual((await browser.get("/api/session")).body.user.renew, ["supabase"]);
      const token = await project.token(newMember("mail@example.com"), clock());
      assert.equal((await browser.post("/api/identities/supabase", { token })).status, 201);
      assert.equal((await browser.get("/api/session")).body.user.renew, undefined);
      assert.equal((await accounts.upstreamToken(id, "supabase")).token, token);
    },
  );

  await t.test("that can be renewed are not replaced by one that cannot", async () => {
    const userId = await signedIn(server, project, "both@example.com");
    const { subject } = await accounts.upstreamToken(userId, "supabase");
    const member = { ...newMember("both@example.com"), id: subject };
    await accounts.signInWithToken("supabase", await project.token(member, clock()));
    clock.pass(600);
    assert.match((await accounts.upstreamToken(userId, "supabase")).token, /^eyJ/);
  });

  await t.test("leave with the identity, and with the person; the export tells of them and holds none", async () => {
    const userId = await signedIn(server, project, "leaving@example.com");
    const { token } = await accounts.upstreamToken(userId, "supabase");
    const exported = JSON.stringify(await accountData.exportOf(database.handle, userId));
    assert.match(exported, /"providerTokens":\[\{"provider":"supabase","expiresAt":"[^"]+","renewable":true\}\]/);
    assert.ok(!exported.includes(token) && !exported.includes("eyJ"));

    const browser = openBrowser(server);
    const { id } = await browser.signIn("two@example.com");
    const member = newMember("two@example.com");
    await browser.post("/api/identities/supabase", { token: await project.token(member, clock()) });
    const identities: readonly { id: string; issuer: string }[] = (await browser.get("/api/session")).body.user
      .identities;
    const added = identities.find(({ issuer }) => issuer !== "email")?.id ?? assert.fail();
    await database.transaction((handle) => people.removeIdentity(handle, id, added, clock()));
    const left = await database.query("select 1 from upstream_tokens where user_id = $1", [id]);
    assert.equal(left.rows.length, 0);

    const before = await countRows(database, "upstream_tokens");
    await database.query("delete from users where id = $1", [userId]);
    assert.equal(await countRows(database, "upstream_tokens"), before - 1);
  });
});

eachEngine("a Privy token, which nobody but the person can renew", migrations, async (t, database) => {
  const signer = await createPrivySigner();
  const privy = createPrivyIdentity({ appId: PRIVY_APP, verificationKey: signer.verificationKey });
  const server = await startAccounts(t, database, { providers: [privy] });
  const { accounts, clock } = server;

  await t.test("is handed out until its last second, and then the account must be linked again", async () => {
    const token = await signer.token("did:privy:ada", clock());
    const { userId } = await accounts.signInWithToken("privy", token);
    clock.pass(3599);
    assert.deepEqual((await accounts.upstreamToken(userId, "privy")).token, token);
    clock.pass(1);
    await assert.rejects(accounts.upstreamToken(userId, "privy"), relink);
    const { rows } = await database.query("select sealed from upstream_tokens", []);
    assert.deepEqual(rows, [{ sealed: null }]);
  });

  await t.test("is brought anew in an old session; a way in that is new is not", async () => {
    const browser = openBrowser(server);
    await browser.post("/api/sign-in/privy", { token: await signer.token("did:privy:hedy", clock()) });
    const { id } = (await browser.get("/api/session")).body.user;
    clock.pass(3600);
    await assert.rejects(accounts.upstreamToken(id, "privy"), relink);
    const other = await browser.post("/api/identities/privy", { token: await signer.token("did:privy:eve", clock()) });
    assert.deepEqual([other.status, other.body.error], [403, "fresh_sign_in_required"]);
    const token = await signer.token("did:privy:hedy", clock());
    assert.equal((await browser.post("/api/identities/privy", { token })).status, 201);
    assert.equal((await accounts.upstreamToken(id, "privy")).token, token);
  });

  await t.test("is swept when it has ended, and asks nobody to come back for it", async () => {
    const browser = openBrowser(server);
    await browser.post("/api/sign-in/privy", { token: await signer.token("did:privy:grace", clock()) });
    clock.pass(3600);
    await accounts.sweep();
    assert.equal((await browser.get("/api/session")).body.user.renew, undefined);
    assert.equal(await countRows(database, "upstream_tokens"), 1, "only the row that is wanted stays");
  });
});
