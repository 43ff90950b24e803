import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import pg from "pg";
import * as z from "zod";
import { openPGlite } from "../../src/database/pglite.ts";
import { type Bellhop, until } from "../bellhop.ts";
import { callTool, complete, linkWithPrivy, pkce, register } from "../clients/raw-link.ts";
import { type Engine, engines, freshPostgres } from "../database.ts";
import { cookieJar } from "../oracle/subject.ts";
import { animalOf } from "../zoo/host-animal.ts";
import { gptActions, makeGptClient } from "../zoo/gpt-actions.ts";
import { signInPerson } from "../zoo/person.ts";
import { type Stage, startStage } from "../zoo/stage.ts";

const MASTER = "a master secret of this test alone, long enough";

/** Runs one statement on the data of a server that has ended. */
type Query = (text: string) => Promise<readonly unknown[]>;

async function postgresQuery(t: TestContext, url: string): Promise<Query> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  t.after(() => client.end());
  return async (text) => (await client.query(text)).rows;
}

async function embeddedQuery(bellhop: Bellhop, closers: (() => Promise<void>)[]): Promise<Query> {
  const database = await openPGlite({ directory: join(bellhop.dataDirectory, "database"), clock: () => new Date() });
  closers.push(database.close);
  return async (text) => (await database.query(text, [])).rows;
}

const names = z.array(z.object({ name: z.string() }));
const rows = z.array(z.object({ row: z.string() }));

/** Every row of every table as text, as a dump holds them. */
async function dump(query: Query): Promise<{ readonly text: string; readonly filled: readonly string[] }> {
  const tables = names.parse(
    await query(
      "select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables " +
        "where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')",
    ),
  );
  const texts: string[] = [];
  const filled: string[] = [];
  for (const { name } of tables) {
    const held = rows.parse(await query(`select t::text as row from ${name} as t`));
    if (held.length > 0) filled.push(name);
    texts.push(...held.map(({ row }) => row));
  }
  return { text: texts.join("\n"), filled };
}

/** The spellings in which something secret could lie in a dump; bytes are shown in hexadecimal. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url"), bytes.toString("hex")];
}

/** A secret that can be guessed must not lie there as a bare digest either: trying all of them takes a second. */
const digests = (guessable: string): readonly string[] => {
  const digest = createHash("sha256").update(guessable).digest();
  return [digest.toString("hex"), digest.toString("base64").replace(/=+$/, ""), digest.toString("base64url")];
};

/** Signs in by email, as a person does, and returns the code and the session that came of it. */
async function byEmail(bellhop: Bellhop, address: string) {
  const jar = cookieJar();
  const post = async (path: string, body: unknown): Promise<Response> => {
    const headers = { "content-type": "application/json", origin: bellhop.url, cookie: jar.header() };
    const answer = await fetch(bellhop.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    jar.take(answer);
    return answer;
  };
  const asked = z.object({ challenge: z.string() });
  const { challenge } = asked.parse(await (await post("/api/sign-in/email", { email: address })).json());
  const code = await bellhop.codeFor(address);
  assert.equal((await post("/api/sign-in/email/verify", { challenge, code })).status, 200);
  const session = /=([^;]+)$/.exec(jar.header())?.[1] ?? assert.fail("no session came");
  const later = asked.parse(await (await post("/api/sign-in/email", { email: `second-${address}` })).json());
  return {
    session,
    challenges: [challenge, later.challenge],
    codes: [code, await bellhop.codeFor(`second-${address}`)],
  };
}

const madeFile = z.object({ artifacts: z.array(z.object({ filename: z.string(), url: z.string() })) });

/** What is in the files of a report that an assistant has asked for. */
async function filesOf(bellhop: Bellhop, accessToken: string): Promise<readonly string[]> {
  const answer = await (await callTool(bellhop.mcpUrl, accessToken, "account_report", {})).text();
  const [, id = ""] = /"pending":\{[^}]*"id":"([0-9a-f-]{36})"/.exec(answer) ?? [];
  const headers = { authorization: `Bearer ${accessToken}` };
  const links = await until("the files of the report", async () => {
    const response = await fetch(`${bellhop.url}/api/tools/jobs/${id}/artifacts`, { headers });
    const { artifacts } = madeFile.parse(await response.json());
    return artifacts.length === 3 ? artifacts.map(({ url }) => url) : undefined;
  });
  const files = await Promise.all(links.map((link) => fetch(link)));
  for (const { status } of files) assert.equal(status, 200);
  return Promise.all(files.map((file) => file.text()));
}

/** Every so many characters of a text, whole: wherever it were cut into rows, some would be found. */
const slicesOf = (text: string, length: number): readonly string[] =>
  Array.from({ length: Math.floor(text.length / length) }, (_, at) => text.slice(at * length, (at + 1) * length));

/** Lets everything that makes secrets make some. */
async function secretsOf({ bellhop, privy }: Stage) {
  const gptId = "g-at-rest";
  const typed = await makeGptClient(bellhop, gptId);
  const person = await signInPerson(bellhop.url, privy);
  const animal = await animalOf(bellhop.mcpUrl, gptActions(typed, gptId, "post"));
  await animal.link(person);
  const refreshed = await animal.refresh();

  const tokens = await linkWithPrivy(bellhop.url, privy, "did:privy:at-rest");
  const { verifier, challenge } = pkce();
  const privyToken = await privy.token({ subject: "did:privy:waiting" });
  const change = { privy_user_id: "did:privy:waiting" };
  const clientId = await register(bellhop.url);
  const waiting = await complete({ url: bellhop.url, clientId, challenge, privyToken, change });
  const { code } = z.object({ code: z.string() }).parse(await waiting.json());
  const email = await byEmail(bellhop, "at-rest@example.com");
  const service = await fetch(`${bellhop.url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ redirect_uris: ["https://a.example/cb"], token_endpoint_auth_method: "client_secret_post" }),
  });
  const files = await filesOf(bellhop, tokens.access_token);
  const { client_secret: registered } = z.object({ client_secret: z.string() }).parse(await service.json());
  return {
    secrets: {
      "client secret, typed": typed.secret,
      "client secret, registered": registered,
      "refresh token": refreshed,
      "refresh token of another client": tokens.refresh_token,
      "access token": tokens.access_token,
      "authorization code": code,
      "PKCE verifier": verifier,
      "token of the provider": privyToken,
      "browser session": email.session,
      "sign-in challenge": email.challenges[1] ?? "",
      "master secret": MASTER,
      "private key": "PRIVATE KEY",
    },
    guessable: email.codes,
    files,
  };
}

async function stageOn(t: TestContext, engine: Engine) {
  const url = engine === "postgres" ? await freshPostgres(t) : undefined;
  const stage = await startStage(t, { BELLHOP_SECRET: MASTER, ...(url ? { DATABASE_URL: url } : {}) });
  return { stage, url };
}

for (const engine of engines) {
  test(`a dump of the database holds no usable secret, code or token, and no file of a job (${engine})`, async (t) => {
    const { stage, url } = await stageOn(t, engine);
    const { secrets, guessable, files } = await secretsOf(stage);
    await stage.bellhop.kill();
    const closers: (() => Promise<void>)[] = [];
    try {
      const { text, filled } = await dump(
        url ? await postgresQuery(t, url) : await embeddedQuery(stage.bellhop, closers),
      );
      for (const table of [
        "oauth_client_secrets",
        "upstream_tokens",
        "oauth_keys",
        "oauth_codes",
        "oauth_grants",
        "tool_job_artifacts",
      ])
        assert.ok(filled.includes(`public.${table}`), `${table} holds something: ${filled.join(", ")}`);
      assert.ok(
        text.includes("at-rest@example.com") && text.includes("did:privy:at-rest"),
        "it holds what it may hold",
      );
      for (const [name, secret] of Object.entries(secrets)) {
        assert.ok(secret.length >= 11, name);
        for (const spelling of spellings(secret))
          assert.equal(text.includes(spelling), false, `${name} as ${spelling.slice(0, 12)}`);
        // What is after the last dot of a token, or after its prefix, is as good as the whole.
        const tail = secret.slice(-40);
        assert.equal(text.includes(tail), false, `the end of ${name}`);
      }
      for (const file of files) {
        const slices = slicesOf(file, 40);
        assert.ok(slices.length > 2, file);
        for (const slice of slices)
          for (const spelling of [slice, Buffer.from(slice).toString("hex")])
            assert.equal(text.includes(spelling), false, `of a file: ${slice}`);
      }
      for (const code of guessable)
        for (const digest of digests(code)) assert.equal(text.includes(digest), false, "a code's bare digest");
    } finally {
      for (const close of closers) await close();
    }
  });
}
