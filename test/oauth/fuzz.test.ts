import assert from "node:assert/strict";
import { sql } from "kysely";
import { eachEngine } from "../database.ts";
import { CALLBACK, challengeOf, migrations, type Rig, startOAuth, VERIFIER } from "./rig.ts";

/** Requests on each engine; the whole run (FUZZ_REQUESTS) is a soak's. */
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 1600);
const SEED = 20261120;

/** A repeatable stream of choices (mulberry32). */
function dice(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(next() * count);
  const pick = <T>(list: readonly T[]): T => {
    const [item] = list.slice(below(list.length));
    if (item === undefined) assert.fail("there is nothing to pick from");
    return item;
  };
  return { below, pick };
}

const HOSTILE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e300,
  "",
  " ",
  "x".repeat(5000),
  "\u0000",
  "\ud800",
  "é\u202e",
  "%",
  "%zz",
  "%00",
  "' or 1=1--",
  {},
  [],
  [[]],
  ["a", 1],
  { toString: 1 },
  "__proto__",
  "constructor",
  "toString",
  "a b",
  "read read",
  "read\nwrite",
  "\r\nx: y",
  "https://evil.example/cb",
  "//evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  "http://localhost/cb",
  "com.example.app:/cb",
  "http://[::1]:9/cb",
  "http://[::ffff:127.0.0.1]/",
  "https://app.example/callback#",
  "https://app.example/callback?x=1",
  "https://app.example@evil.example/callback",
  "https://app.example/callback/../x",
  "https://app.example:99999/",
  "https://user:pw@app.example/x",
  `rt_${"A".repeat(60)}`,
  "eyJhbGciOiJub25lIn0.e30.",
  "a.b.c",
  "A".repeat(43),
  "S256",
  "plain",
  "code",
  "token",
  "true",
];

type Fields = Record<string, unknown>;

interface Surface {
  readonly path: string;
  readonly sent: "query" | "json" | "form";
  /** A request that succeeds, from which each mutant is made. */
  readonly sound: Fields;
  readonly extra: readonly string[];
  readonly cookie?: string;
}

const asText = (value: unknown): string => (typeof value === "string" ? value.toWellFormed() : JSON.stringify(value));

/** The same parameter may come twice. */
const asQuery = (fields: Fields): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((item): [string, string] => [name, asText(item)]) : [[name, asText(value)]],
    ),
  ).toString();

async function surfaces(rig: Rig): Promise<Surface[]> {
  const [clientId, userId] = [
    await rig.register({ redirect_uris: [CALLBACK, "http://localhost/cb"] }),
    await rig.addUser(),
  ];
  const { refresh, access } = await rig.link(clientId, userId);
  const { code } = await rig.approve(clientId, userId);
  const asked = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: "read",
    state: "s",
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: "S256",
    resource: rig.baseUrl,
  };
  const token = {
    grant_type: "authorization_code",
    client_id: clientId,
    code,
    code_verifier: VERIFIER,
    redirect_uri: CALLBACK,
  };
  const begun = await rig.get(`/authorize?${asQuery(asked)}`);
  const cookie = `${begun.headers.get("set-cookie")?.split(";")[0]}; session=${userId}`;
  const handle = new URL(begun.headers.get("location") ?? "").searchParams.get("request") ?? "";
  return [
    {
      path: "/authorize",
      sent: "query",
      sound: asked,
      extra: ["response_mode", "request", "request_uri", "prompt", "nonce"],
    },
    { path: "/api/consent", sent: "query", sound: { request: handle }, extra: ["x"], cookie },
    {
      path: "/authorize",
      sent: "json",
      sound: { request: handle, user_consent: true },
      extra: ["client_id", "privy_token", "person"],
      cookie,
    },
    {
      path: "/authorize/complete",
      sent: "json",
      sound: rig.decision(clientId, userId),
      extra: ["request", "response_type", "resource"],
    },
    {
      path: "/register",
      sent: "json",
      sound: { redirect_uris: [CALLBACK], client_name: "F", scope: "read" },
      extra: ["grant_types", "response_types", "token_endpoint_auth_method", "client_uri", "jwks"],
    },
    { path: "/token", sent: "form", sound: token, extra: ["scope", "resource", "refresh_token", "client_secret"] },
    {
      path: "/token",
      sent: "form",
      sound: { grant_type: "refresh_token", client_id: clientId, refresh_token: refresh },
      extra: ["scope", "resource"],
    },
    { path: "/revoke", sent: "form", sound: { client_id: clientId, token: access }, extra: ["token_type_hint"] },
  ];
}

const BODIES = [
  "",
  "[]",
  "null",
  "1",
  '"x"',
  "{",
  `{"a":${"[".repeat(3000)}`,
  "\u0000",
  "a=%zz&a",
  "&&==&",
  "{}{}",
  '{"__proto__":{"x":1}}',
];
const TYPES = [
  "application/json",
  "application/x-www-form-urlencoded",
  "text/plain",
  "application/json; charset=utf-16",
  "",
];

function mutant(surface: Surface, { below, pick }: ReturnType<typeof dice>) {
  const fields: Fields = { ...surface.sound };
  for (let count = 1 + below(3); count > 0; count--) {
    const name = pick([...Object.keys(surface.sound), ...surface.extra]);
    const change = below(5);
    if (change === 0) delete fields[name];
    else if (change === 1) fields[name] = [fields[name], pick(HOSTILE)];
    else fields[name] = pick(HOSTILE);
  }
  const rawBody = below(12) === 0 ? pick(BODIES) : undefined;
  const type =
    below(15) === 0 ? pick(TYPES) : surface.sent === "json" ? "application/json" : "application/x-www-form-urlencoded";
  return { fields, rawBody, type };
}

async function send(
  rig: Rig,
  surface: Surface,
  { fields, rawBody, type }: ReturnType<typeof mutant>,
): Promise<Response> {
  const headers = surface.cookie === undefined ? {} : { cookie: surface.cookie };
  if (surface.sent === "query") return rig.get(`${surface.path}?${rawBody ?? asQuery(fields)}`, headers);
  const body = rawBody ?? (surface.sent === "json" ? JSON.stringify(fields) : asQuery(fields));
  return fetch(rig.baseUrl + surface.path, {
    method: "POST",
    headers: { ...headers, "content-type": type },
    body,
    redirect: "manual",
  });
}

/** Where a browser may be sent: to our own consent page, or to an address that the client registered. */
const ON_TARGET = /^(?:https:\/\/app\.example\/callback\?|http:\/\/localhost(?::\d+)?\/cb\?)/;

eachEngine("hostile requests never break the server and never lead anyone astray", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const random = dice(SEED);
  const all = await surfaces(rig);
  const statuses = new Map<number, number>();
  for (let index = 0; index < REQUESTS; index++) {
    const surface = random.pick(all);
    const sent = mutant(surface, random);
    const response = await send(rig, surface, sent);
    const seen = `${surface.path} ${JSON.stringify(sent).slice(0, 600)} -> ${response.status}`;
    assert.ok(response.status < 500, seen);
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    const location = response.headers.get("location");
    const onTarget =
      location === null || location.startsWith(`${rig.baseUrl}/app/consent?request=`) || ON_TARGET.test(location);
    assert.ok(onTarget, `${seen} ${location}`);
    const body = await response.text();
    if (surface.path.startsWith("/authorize") && response.status === 200 && body.startsWith("{")) {
      const { redirect_uri: answer } = JSON.parse(body);
      assert.match(answer, ON_TARGET, seen);
    }
  }
  assert.deepEqual(rig.unforeseen, []);
  for (const status of [200, 201, 302, 400, 401, 415]) assert.ok(statuses.has(status), `no request got ${status}`);
  const { rows } = await sql<{ redirect_uris: string[] }>`select redirect_uris from oauth_clients`.execute(
    database.handle,
  );
  const stored = rows.flatMap((row) => row.redirect_uris);
  assert.deepEqual(
    stored.filter((uri) => !/^(?:https:|http:\/\/(?:localhost|\[::1\])[:/]|com\.example\.app:)/.test(uri)),
    [],
  );
});
