import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as z from "zod";
import { type Bellhop, freePort, startBellhop, temporaryDirectory, until } from "../bellhop.ts";
import { callTool, linkWithPrivy, type PrivyApp, privyApp } from "../clients/raw-link.ts";
import { freshPostgres } from "../database.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "src", "cli", "bellhop.ts");
const CALLS = 30;

interface House {
  /** The address that both processes answer for. */
  readonly url: string;
  readonly first: Bellhop;
  readonly second: Bellhop;
  readonly app: PrivyApp;
  readonly environment: Record<string, string>;
}

/** Two processes on one PostgreSQL, behind a proxy that says where a request came from. */
async function startHouse(t: TestContext): Promise<House> {
  const app = await privyApp();
  const url = `http://localhost:${await freePort()}`;
  const environment = {
    DATABASE_URL: await freshPostgres(t),
    BELLHOP_SECRET: "one secret for both processes, long enough",
    SERVER_BASE_URL: url,
    BELLHOP_TRUSTED_PROXIES: "1",
    BELLHOP_CALLS_PER_MINUTE: String(CALLS),
    PRIVY_APP_ID: app.appId,
    PRIVY_VERIFICATION_KEY: app.verificationKey,
  };
  const [first, second] = await Promise.all([startBellhop(t, { environment }), startBellhop(t, { environment })]);
  return { url, first, second, app, environment };
}

/** Calls are counted by the clock's minute: what is told of one is what was seen while it did not turn. */
async function withinOneMinute<T>(look: (round: number) => Promise<T>): Promise<T> {
  const minute = (): number => Math.floor(Date.now() / 60_000);
  for (let round = 1; ; round += 1) {
    const began = minute();
    const seen = await look(round);
    if (minute() === began) return seen;
  }
}

/** A client with a secret, made by the operator's command. */
async function makeClient(t: TestContext, environment: Record<string, string>) {
  const child = spawn(
    process.execPath,
    [PROGRAM, "client", "create", "Back office", "--redirect", "https://app.example/cb", "--json"],
    {
      cwd: tmpdir(),
      env: { PATH: process.env["PATH"] ?? "", BELLHOP_DATA_DIR: join(temporaryDirectory(t), "data"), ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += String(chunk)));
  await once(child, "close");
  const made = z
    .looseObject({ client: z.looseObject({ id: z.string() }), secret: z.string() })
    .parse(JSON.parse(output));
  return { id: made.client.id, secret: made.secret };
}

const problem = z.looseObject({ error: z.string(), retryAfter: z.number().optional() });

interface Outcome {
  readonly status: number;
  readonly error: string | null;
  readonly retryAfter: string | null;
  readonly cookie: string;
}

async function outcome(asked: Promise<Response>): Promise<Outcome> {
  const response = await asked;
  const body = problem.safeParse(await response.json().catch(() => null));
  return {
    status: response.status,
    error: body.data?.error ?? null,
    retryAfter: response.headers.get("retry-after"),
    cookie: response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(";")[0])
      .join("; "),
  };
}

function assertLimited({ status, error, retryAfter }: Outcome, code = "rate_limited"): void {
  assert.deepEqual([status, error], [429, code]);
  assert.match(retryAfter ?? "", /^[1-9]\d*$/);
}

test("two processes on one database limit as one", async (t) => {
  const { url, first, second, app, environment } = await startHouse(t);
  const both = [first, second];
  const at = (turn: number): Bellhop => both[turn % 2] ?? first;
  const post = (server: Bellhop, path: string, body: unknown, from: string, cookie = "") =>
    fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url, "x-forwarded-for": from, cookie },
      body: JSON.stringify(body),
    });
  const askCode = (server: Bellhop, email: string, from: string, cookie?: string) =>
    outcome(post(server, "/api/sign-in/email", { email }, from, cookie));

  await t.test("codes asked for one address from one network; nobody else is held up", async () => {
    for (let turn = 0; turn < 5; turn += 1)
      assert.equal((await askCode(at(turn), "ada@example.com", "198.51.100.1")).status, 202);
    assertLimited(await askCode(first, "ada@example.com", "198.51.100.1"));
    assertLimited(await askCode(second, "ada@example.com", "198.51.100.1"));
    assert.equal((await askCode(second, "ada@example.com", "198.51.100.2")).status, 202);
    assert.equal((await askCode(first, "bob@example.com", "198.51.100.1")).status, 202);
  });

  await t.test("tries of one code, wherever they are made", async () => {
    const asked = await post(first, "/api/sign-in/email", { email: "eve@example.com" }, "198.51.100.3");
    const { challenge } = z.looseObject({ challenge: z.string() }).parse(await asked.json());
    const code = await first.codeFor("eve@example.com");
    const wrong = code === "000000" ? "000001" : "000000";
    const tryCode = (turn: number, guess: string) =>
      outcome(post(at(turn), "/api/sign-in/email/verify", { challenge, code: guess }, `198.51.101.${turn}`));
    for (let turn = 0; turn < 5; turn += 1) assert.equal((await tryCode(turn, wrong)).status, 400);
    assert.equal((await tryCode(5, code)).error, "invalid_code");
  });

  await t.test("a person is not locked out by strangers who ask in their name", async () => {
    const email = "carol@example.com";
    const asked = await post(second, "/api/sign-in/email", { email }, "203.0.113.1");
    const { challenge } = z.looseObject({ challenge: z.string() }).parse(await asked.json());
    const code = await second.codeFor(email);
    const proof = post(first, "/api/sign-in/email/verify", { challenge, code }, "203.0.113.1");
    const { status, cookie } = await outcome(proof);
    assert.equal(status, 200);
    const browser = cookie.split("; ").find((one) => one.startsWith("bellhop-browser="));
    assert.ok(browser, cookie);
    let stranger = 0;
    await until("strangers to have used up what everyone shares", async () => {
      stranger += 1;
      const { status: answer } = await askCode(at(stranger), email, `198.18.${stranger}.1`);
      return answer === 429 || undefined;
    });
    assertLimited(await askCode(first, email, "203.0.113.1"));
    assert.equal((await askCode(first, email, "203.0.113.1", browser)).status, 202);
    assert.equal((await askCode(second, email, "203.0.113.99", browser)).status, 202);
    assertLimited(await askCode(second, "ada@example.com", "198.51.100.1", browser));
  });

  const client = await makeClient(t, environment);
  const guess = (server: Bellhop, secret: string, from: string) =>
    outcome(
      fetch(`${server.url}/token`, {
        method: "POST",
        headers: { "x-forwarded-for": from },
        body: new URLSearchParams({
          grant_type: "refresh_token",
          refresh_token: "none",
          client_id: client.id,
          client_secret: secret,
        }),
      }),
    );

  await t.test("guesses at a client's secret; who has the right one is let in even there", async () => {
    for (let turn = 0; turn < 20; turn += 1)
      assert.equal((await guess(at(turn), `wrong-${turn}`, "198.51.100.7")).error, "invalid_client");
    assertLimited(await guess(first, "wrong", "198.51.100.7"), "temporarily_unavailable");
    assertLimited(await guess(second, "wrong", "198.51.100.7"), "temporarily_unavailable");
    assert.equal((await guess(second, "wrong", "198.51.100.8")).error, "invalid_client");
    assert.equal((await guess(first, client.secret, "198.51.100.7")).error, "invalid_grant");
    assert.equal((await guess(second, client.secret, "198.51.100.8")).error, "invalid_grant");
  });

  await t.test("also after both were killed", async () => {
    await Promise.all(both.map((server) => server.kill()));
    await Promise.all(both.map((server) => server.restart()));
    assertLimited(await askCode(first, "ada@example.com", "198.51.100.1"));
    assertLimited(await guess(second, "wrong", "198.51.100.7"), "temporarily_unavailable");
  });

  await t.test("calls of one person; another person and the person's own browser go on", async () => {
    const call = async (server: Bellhop, token: string) =>
      (await callTool(server.mcpUrl, token, "echo", { text: "hi" }, { host: new URL(url).host })).text();
    const seen = await withinOneMinute(async (round) => {
      // Nobody comes into a round with calls of the last one.
      const subject = `did:privy:ana-${round}`;
      const ana = await linkWithPrivy(first.url, app, subject);
      const ben = await linkWithPrivy(first.url, app, `did:privy:ben-${round}`);
      const passed = await Promise.all(Array.from({ length: CALLS }, () => call(first, ana.access_token)));
      const refused = await call(first, ana.access_token);
      let others = 0;
      await until("the other process to know", async () => {
        others += 1;
        return /rate_limited/.test(await call(second, ana.access_token)) || undefined;
      });
      return { subject, passed, refused, others, ben: await call(second, ben.access_token) };
    });
    for (const answer of seen.passed) assert.doesNotMatch(answer, /rate_limited/);
    assert.match(seen.refused, /There were more than 30 calls in one minute\. Wait \d+ s, until \d{4}-\d\d-\d\dT/);
    assert.match(seen.refused, /"bellhop\/error":\{[^}]*"retryAfter":\d+,"retryAt":"/);
    assert.ok(seen.others > 1, "it let at least its own first call through");
    assert.doesNotMatch(seen.ben, /rate_limited/);

    const privyToken = await app.token({ subject: seen.subject });
    const signedIn = await post(first, "/api/sign-in/privy", { token: privyToken }, "203.0.113.7");
    const cookie = signedIn.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    const own = await fetch(`${first.url}/api/grants`, { headers: { cookie } });
    const { grants } = z.object({ grants: z.array(z.looseObject({ id: z.string() })) }).parse(await own.json());
    const ended = await fetch(`${first.url}/api/grants/${grants[0]?.id}`, {
      method: "DELETE",
      headers: { cookie, origin: url },
    });
    assert.equal(ended.status, 200, await ended.text());
  });
});

test("the embedded database keeps what was counted, also through a kill", async (t) => {
  const server = await startBellhop(t);
  const ask = () =>
    outcome(
      fetch(`${server.url}/api/sign-in/email`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: server.url },
        body: JSON.stringify({ email: "ada@example.com" }),
      }),
    );
  for (let turn = 0; turn < 5; turn += 1) assert.equal((await ask()).status, 202);
  assertLimited(await ask());
  await server.kill();
  await server.restart();
  assertLimited(await ask());

  await t.test("and says once per start that a proxy stands in front of which it was not told", async () => {
    const said = (): number => server.terminal().split("BELLHOP_TRUSTED_PROXIES is 0").length - 1;
    assert.equal(said(), 0);
    const behindProxy = async (): Promise<void> => {
      await (
        await fetch(`${server.url}/token`, { method: "POST", headers: { "x-forwarded-for": "203.0.113.1" } })
      ).text();
    };
    for (let turn = 0; turn < 3; turn += 1) await behindProxy();
    await until("the word", () => said() > 0 || undefined);
    await behindProxy();
    assert.equal(said(), 1);
  });
});
