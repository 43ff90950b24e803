import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import pg from "pg";
import * as z from "zod";
import { type Bellhop, freePort, startBellhop } from "../bellhop.ts";
import {
  callTool,
  complete,
  linkWithPrivy,
  pkce,
  privyApp,
  type PrivyApp,
  register,
  token,
} from "../clients/raw-link.ts";
import { freshPostgres } from "../database.ts";

/** A stage of one process on the embedded database, or of two on one PostgreSQL. */
interface Stage {
  readonly app: PrivyApp;
  readonly servers: readonly [Bellhop, Bellhop];
}

async function onOne(t: TestContext): Promise<Stage> {
  const app = await privyApp();
  const environment = { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey };
  const server = await startBellhop(t, { environment });
  return { app, servers: [server, server] };
}

async function onTwo(t: TestContext): Promise<Stage & { readonly database: pg.Client }> {
  const [app, url] = [await privyApp(), await freshPostgres(t)];
  const environment = {
    DATABASE_URL: url,
    BELLHOP_SECRET: "one secret for both processes, long enough",
    SERVER_BASE_URL: `http://localhost:${await freePort()}`,
    PRIVY_APP_ID: app.appId,
    PRIVY_VERIFICATION_KEY: app.verificationKey,
  };
  const servers = await Promise.all([startBellhop(t, { environment }), startBellhop(t, { environment })]);
  const database = new pg.Client({ connectionString: url });
  // The database is dropped under it when the test ends.
  database.on("error", () => undefined);
  await database.connect();
  t.after(() => database.end());
  return { app, servers, database };
}

const tokens = z.object({ access_token: z.string(), refresh_token: z.string() });

const atOnce = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const call = async (server: Bellhop, accessToken: string): Promise<number> =>
  (await callTool(server.mcpUrl, accessToken, "echo", { text: "hi" })).status;

async function redeemFifty({ app, servers }: Stage): Promise<void> {
  const [first] = servers;
  const { verifier, challenge } = pkce();
  const clientId = await register(first.url);
  const decided = await complete({ url: first.url, clientId, challenge, privyToken: await app.token() });
  const { code } = z.object({ code: z.string() }).parse(await decided.json());
  const form = { grant_type: "authorization_code", code, code_verifier: verifier, client_id: clientId };
  const answers = await atOnce(50, (index) => token((servers[index % 2] ?? first).url, form));
  const bodies = await Promise.all(answers.map((answer) => answer.json()));
  assert.equal(bodies.filter((body) => tokens.safeParse(body).success).length, 1);
  assert.equal(
    bodies.filter((body) => z.object({ error: z.literal("invalid_grant") }).safeParse(body).success).length,
    49,
  );
}

async function refreshTen({ app, servers }: Stage) {
  const [first] = servers;
  const { clientId, refresh_token } = await linkWithPrivy(first.url, app);
  const form = { grant_type: "refresh_token", client_id: clientId, refresh_token };
  const answers = await atOnce(10, (index) => token((servers[index % 2] ?? first).url, form));
  const pairs = await Promise.all(answers.map(async (answer) => tokens.parse(await answer.json())));
  assert.equal(new Set(pairs.map((pair) => pair.refresh_token)).size, 1, "all have the same next token");
  assert.deepEqual(
    [...new Set(await Promise.all(pairs.map((pair, index) => call(servers[index % 2] ?? first, pair.access_token))))],
    [200],
  );
  return { clientId, old: refresh_token, next: pairs[0]?.refresh_token ?? "", access: pairs[0]?.access_token ?? "" };
}

test("one process, embedded database: requests at the same moment", async (t) => {
  const stage = await onOne(t);
  await t.test("50 parallel redemptions of one code: exactly one succeeds", () => redeemFifty(stage));
  await t.test(
    "10 parallel refreshes: all succeed with the same next token",
    async () => void (await refreshTen(stage)),
  );
  await t.test("revoked, the very next call is refused", async () => {
    const { clientId, access_token, refresh_token } = await linkWithPrivy(stage.servers[0].url, stage.app);
    assert.equal(await call(stage.servers[0], access_token), 200);
    const body = new URLSearchParams({ client_id: clientId, token: refresh_token });
    await fetch(`${stage.servers[0].url}/revoke`, { method: "POST", body });
    assert.equal(await call(stage.servers[0], access_token), 401);
  });
});

test("two processes on one PostgreSQL: requests at the same moment", async (t) => {
  const stage = await onTwo(t);
  const { app, servers, database } = stage;
  const [first, second] = servers;

  await t.test("50 parallel redemptions of one code, at both: exactly one succeeds", () => redeemFifty(stage));

  await t.test(
    "refresh-reuse: 10 at once share the next token; a replay after the overlap kills the family at both",
    async () => {
      const { clientId, old, next, access } = await refreshTen(stage);
      // The overlap is over: what half a minute of waiting would do.
      await database.query("update oauth_grants set refresh_rotated_at = refresh_rotated_at - interval '31 seconds'");
      const replay = { grant_type: "refresh_token", client_id: clientId, refresh_token: old };
      assert.equal((await token(second.url, replay)).status, 400);
      assert.equal((await token(first.url, { ...replay, refresh_token: next })).status, 400);
      assert.deepEqual([await call(first, access), await call(second, access)], [401, 401]);
    },
  );

  /** Revokes at one process what the other has just believed: from the answer on, neither believes it once more. */
  async function revokeWhatBothBelieve(): Promise<void> {
    const { clientId, access_token, refresh_token } = await linkWithPrivy(first.url, app);
    assert.deepEqual([await call(first, access_token), await call(second, access_token)], [200, 200]);
    const body = new URLSearchParams({ client_id: clientId, token: refresh_token });
    assert.equal((await fetch(`${first.url}/revoke`, { method: "POST", body })).status, 200);
    assert.equal(await call(second, access_token), 401, "at the other process the first call is refused");
    assert.equal(await call(first, access_token), 401, "in the same process the next call is refused");
  }

  await t.test("revoked at one, refused at the other from its first call on", async () => {
    for (let round = 0; round < 5; round += 1) await revokeWhatBothBelieve();
  });

  await t.test("with LISTEN cut off it still does", async () => {
    const cut = () =>
      database.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'bellhop listener'",
      );
    assert.ok(((await cut()).rowCount ?? 0) >= 2, "both processes listened");
    const stop = new AbortController();
    const knife = (async () => {
      while (!stop.signal.aborted) await cut();
    })();
    try {
      for (let round = 0; round < 5; round += 1) await revokeWhatBothBelieve();
    } finally {
      stop.abort();
      await knife;
    }
  });
});
