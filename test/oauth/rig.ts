import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { TestContext } from "node:test";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { sql } from "kysely";
import * as z from "zod";
import type { Database, Migration } from "../../src/database/handle.ts";
import { bearerChallenge } from "../../src/http/bearer.ts";
import { errorResponse } from "../../src/http/errors.ts";
import type { HttpEnv } from "../../src/http/router.ts";
import { AppError, asAppError } from "../../src/kernel/errors.ts";
import { randomToken, uuidv7 } from "../../src/kernel/ids.ts";
import type { LimitsPort } from "../../src/kernel/ports/limits.ts";
import type { WebPort } from "../../src/kernel/ports/web.ts";
import { migrations as oauthMigrations } from "../../src/oauth/migrations/index.ts";
import { createOAuth, type OAuth, type OAuthParts } from "../../src/oauth/oauth.ts";

/** This room's tables, and as much of a user as they refer to. */
export const migrations: readonly Migration[] = [
  { name: "0001-users", statements: ["create table users (id uuid primary key)"] },
  ...oauthMigrations,
];

export const CALLBACK = "https://app.example/callback";
export const VERIFIER = "a-verifier-that-is-at-least-forty-three-characters-long";
export const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");

type Members = Record<string, unknown>;

const tokenAnswer = z.strictObject({
  access_token: z.string(),
  refresh_token: z.string().startsWith("rt_"),
  token_type: z.literal("Bearer"),
  expires_in: z.literal(3600),
  scope: z.string(),
});
const approval = z.strictObject({
  redirect_uri: z.url(),
  code: z.string(),
  state: z.string().optional(),
  scope: z.string(),
});

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly scope: string;
}

/** A JSON answer, whatever it holds. */
export const membersOf = async (response: Response): Promise<Members> =>
  z.record(z.string(), z.unknown()).parse(await response.json());

/** The JSON answer to a request that succeeded. */
async function granted<Schema extends z.ZodType>(
  response: Response,
  status: number,
  schema: Schema,
): Promise<z.output<Schema>> {
  const answer: unknown = await response.json();
  assert.equal(response.status, status, JSON.stringify(answer));
  return schema.parse(answer);
}

/** The tokens of a token answer, which has exactly the members of RFC 6749 §5.1. */
export async function tokensOf(response: Response | Promise<Response>): Promise<Tokens> {
  const { access_token: access, refresh_token: refresh, scope } = await granted(await response, 200, tokenAnswer);
  return { access, refresh, scope };
}

export interface Rig {
  readonly baseUrl: string;
  readonly oauth: OAuth;
  readonly database: Database;
  readonly clock: { now(): Date; advance(seconds: number): void };
  /** Errors that nobody foresaw; a test that ends with one has found a fault. */
  readonly unforeseen: unknown[];
  addUser(): Promise<string>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  postJson(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  postForm(path: string, form: Record<string, string> | string, headers?: Record<string, string>): Promise<Response>;
  register(metadata?: Members): Promise<string>;
  /** The published contract's body for a user and client; it approves unless told otherwise. */
  decision(clientId: string, userId: string, more?: Members): Members;
  approve(clientId: string, userId: string, more?: Members): Promise<z.output<typeof approval>>;
  exchange(clientId: string, code: string, more?: Record<string, string>): Promise<Response>;
  refresh(clientId: string, token: string, more?: Record<string, string>): Promise<Response>;
  link(clientId: string, userId: string, more?: Members): Promise<Tokens & { readonly code: string }>;
  /** What a protected address answers to this bearer. */
  call(token: string, headers?: Record<string, string>): Promise<Response>;
}

const unlimited: LimitsPort = { take: async () => undefined };

/** No test reaches the network: a test that needs a document brings its own web. */
const noWeb: WebPort = {
  fetchDocument: async () => {
    throw new AppError("unavailable", "The address gave no usable answer: there is no web here.");
  },
};

/** `PROVIDER|SUBJECT|USER` stands for a token that the provider verified. */
async function signInWithToken(provider: string, token: string, expected?: string): Promise<{ userId: string }> {
  const [kind, subject, userId] = token.split("|");
  if (kind !== provider || !userId || (expected ?? subject) !== subject)
    throw new AppError("invalid_token", "The upstream token is not valid.");
  return { userId };
}

/** `session=USER` stands for a browser session. */
async function sessionUser(request: Request): Promise<{ id: string; label: string } | null> {
  const id = /(?:^|; )session=([0-9a-f-]{36})/.exec(request.headers.get("cookie") ?? "")?.[1];
  return id === undefined ? null : { id, label: "person@example.com" };
}

function application(oauth: OAuth, baseUrl: string, unforeseen: unknown[]) {
  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    c.set("requestId", `req-${randomToken(6)}`);
    await next();
  });
  app.route("/", oauth.routes);
  app.post("/mcp", async (c) => {
    const principal = await oauth.authenticate(c.req.raw);
    return c.json({ ...principal, scopes: [...principal.scopes] });
  });
  app.get("/receipts", async (c) => c.json({ userId: (await oauth.authenticate(c.req.raw, "api")).userId }));
  app.onError((error, c) => {
    if (!(error instanceof AppError)) unforeseen.push(error);
    const response = errorResponse(c, asAppError(error), "oauth");
    if (response.status === 401) {
      const resourceMetadata = `${baseUrl}/.well-known/oauth-protected-resource/mcp`;
      response.headers.set("www-authenticate", bearerChallenge({ resourceMetadata, error: "invalid_token" }));
    }
    return response;
  });
  return app;
}

type Fetch = Parameters<typeof serve>[0]["fetch"];

/** Serves on a free port of loopback until the test ends; the address is known before there is anything to serve. */
function listen(t: TestContext, handler: Fetch): Promise<number> {
  return new Promise((resolve) => {
    const server = serve({ fetch: handler, hostname: "127.0.0.1", port: 0 }, ({ port }) => resolve(port));
    t.after(() => server.close());
  });
}

type Overrides = Partial<Omit<OAuthParts, "database" | "clock">>;

/** Starts an authorization server of its own on loopback, on this database, with a clock that the test moves. */
export async function startOAuth(t: TestContext, database: Database, overrides: Overrides = {}): Promise<Rig> {
  const handler = Promise.withResolvers<ReturnType<typeof application>>();
  const port = await listen(t, async (request, env) => (await handler.promise).fetch(request, env));
  const listening = `http://127.0.0.1:${port}`;
  const baseUrl = overrides.baseUrl ?? listening;
  const unforeseen: unknown[] = [];
  let time = Date.now();
  const clock = { now: () => new Date(time), advance: (seconds: number) => void (time += seconds * 1000) };
  const oauth = await createOAuth({
    database,
    clock: clock.now,
    baseUrl,
    masterSecret: "test master secret",
    signingKey: undefined,
    serviceSecret: undefined,
    keyDays: 0,
    advertiseIss: true,
    web: noWeb,
    presets: [],
    dynamicRegistration: true,
    limits: unlimited,
    sessionUser,
    holdSession: async (_handle, request, userId) => (await sessionUser(request))?.id === userId,
    signInWithToken,
    profile: async () => ({ name: "Ana", email: "ana@example.com" }),
    upstreamToken: async (userId, provider) => {
      throw new AppError("relink_required", `The ${provider} sign-in of ${userId.slice(0, 8)} has ended.`);
    },
    linkMade: async () => undefined,
    clientAddress: () => "198.51.100.7",
    ...overrides,
  });
  handler.resolve(application(oauth, baseUrl, unforeseen));
  return { baseUrl, oauth, database, clock, unforeseen, ...driver(listening, database) };
}

type Driver = Omit<Rig, "baseUrl" | "oauth" | "database" | "clock" | "unforeseen">;

/** A hand-made client and browser. */
function driver(listening: string, database: Database): Driver {
  const send = (path: string, init: RequestInit): Promise<Response> =>
    fetch(listening + path, { redirect: "manual", ...init });
  const get: Driver["get"] = (path, headers = {}) => send(path, { headers });
  const postJson: Driver["postJson"] = (path, body, headers = {}) =>
    send(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const postForm: Driver["postForm"] = (path, form, headers = {}) =>
    send(path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: typeof form === "string" ? form : new URLSearchParams(form).toString(),
    });
  const decision: Driver["decision"] = (clientId, userId, more = {}) => ({
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: "read write",
    state: "st-1",
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: "S256",
    privy_user_id: "did:privy:person",
    privy_token: `privy|did:privy:person|${userId}`,
    user_consent: true,
    ...more,
  });
  const approve: Driver["approve"] = async (clientId, userId, more) =>
    granted(await postJson("/authorize/complete", decision(clientId, userId, more)), 200, approval);
  const exchange: Driver["exchange"] = (clientId, code, more = {}) =>
    postForm("/token", {
      grant_type: "authorization_code",
      client_id: clientId,
      code,
      code_verifier: VERIFIER,
      ...more,
    });
  return {
    get,
    postJson,
    postForm,
    decision,
    approve,
    exchange,
    refresh: (clientId, token, more = {}) =>
      postForm("/token", { grant_type: "refresh_token", client_id: clientId, refresh_token: token, ...more }),
    call: (token, headers = {}) =>
      send("/mcp", { method: "POST", headers: { authorization: `Bearer ${token}`, ...headers } }),
    async addUser() {
      const id = uuidv7(new Date());
      await sql`insert into users (id) values (${id})`.execute(database.handle);
      return id;
    },
    async register(metadata = {}) {
      const response = await postJson("/register", {
        client_name: "Test client",
        redirect_uris: [CALLBACK],
        ...metadata,
      });
      return (await granted(response, 201, z.object({ client_id: z.string() }))).client_id;
    },
    async link(clientId, userId, more) {
      const { code } = await approve(clientId, userId, more);
      return { code, ...(await tokensOf(exchange(clientId, code))) };
    },
  };
}

/** Asserts an OAuth error: its status, its code, a sentence, a next step and a request id. */
export async function refused(response: Response, status: number, error: string): Promise<Members> {
  const answer = await membersOf(response);
  assert.deepEqual({ status: response.status, error: answer["error"] }, { status, error }, JSON.stringify(answer));
  assert.match(String(answer["error_description"]), /^\w.{10,}$/);
  assert.ok(answer["next"] && answer["request_id"], "an error names the next step and the request");
  assert.equal(response.headers.get("cache-control"), "no-store");
  return answer;
}

/** Begins a link as a browser does. @returns the handle of the request, and the cookie of the browser that began it. */
export async function begin(rig: Rig, clientId: string, more: Record<string, string> = {}) {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: "read wallet:read privy:token:exchange nonsense",
    state: "zz",
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: "S256",
    ...more,
  });
  const response = await rig.get(`/authorize?${query.toString()}`);
  const request = new URL(response.headers.get("location") ?? "").searchParams.get("request") ?? "";
  return { request, browser: response.headers.get("set-cookie")?.split(";")[0] ?? "" };
}
