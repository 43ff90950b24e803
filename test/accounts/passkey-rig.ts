import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import * as z from "zod";
import type { Accounts } from "../../src/accounts/accounts.ts";
import { noticeActions } from "../../src/accounts/notices.ts";
import { passkeyActions } from "../../src/accounts/own-passkeys.ts";
import { people } from "../../src/accounts/people.ts";
import { createLimits } from "../../src/adapters/limits/limits.ts";
import { noticeRoutes } from "../../src/channels/api/notice-routes.ts";
import { passkeyRoutes } from "../../src/channels/api/passkey-routes.ts";
import type { Database } from "../../src/database/handle.ts";
import { readJson } from "../../src/http/body.ts";
import { type Routes, createRoutes } from "../../src/http/router.ts";
import { AppError } from "../../src/kernel/errors.ts";
import type { Invoke } from "../../src/kernel/call.ts";
import type { Principal } from "../../src/kernel/principal.ts";
import type { IdentityProvider } from "../../src/kernel/ports/identity.ts";
import type { PushPort } from "../../src/kernel/ports/notify.ts";
import { accountToolset } from "../../src/toolsets/account/toolset.ts";
import { openDoor } from "../toolsets/door.ts";
import type { Authenticator, Bent } from "./authenticator.ts";
import type { Answer, Browser } from "./browser.ts";
import { type AccountServer, startAccounts } from "./server.ts";

/** What the registry was asked to do. */
export interface Call {
  readonly name: string;
  readonly input: unknown;
}

export interface PasskeyServer extends AccountServer {
  readonly calls: readonly Call[];
}

interface RigOptions {
  readonly baseUrl?: string;
  readonly port?: number;
  readonly push?: PushPort;
  readonly providers?: readonly IdentityProvider[];
}

const SECRET = "a secret for tests";

const decision = z.object({ digest: z.string(), passkey: z.unknown().optional() });

interface Over {
  readonly database: Database;
  readonly push: Pick<PushPort, "requireUsable">;
  readonly calls: Call[];
  readonly baseUrl: string;
}

/** The routes over the room as the server mounts them, and one that stands for deciding an approval. */
function routesOver({ database, push, calls, baseUrl }: Over, accounts: Accounts): Routes {
  const toolset = accountToolset({
    grants: { revoke: async () => false, narrow: async () => null },
    pause: { pause: async () => false, resume: async () => false },
    spending: {
      own: async () => ({ caps: [], recipientsOnly: false }),
      setCaps: async () => 1,
      setRecipientsOnly: async () => 1,
      addRecipient: async (_handle, _userId, _recipient, now) => ({ version: 1, usableFrom: now }),
      removeRecipient: async () => null,
    },
    people: { ...people, signOutEverywhere: async () => 0, erase: async () => undefined },
    passkeys: passkeyActions(SECRET),
    notices: noticeActions(push.requireUsable),
  });
  const door = openDoor(database, [toolset]);
  const invoke: Invoke = ({ name, input, principal }) => {
    calls.push({ name, input });
    return door.call(principal.userId, name, input, { channel: "web", scopes: [], proven: principal.proven });
  };
  const person = async (request: Request): Promise<Principal> => {
    const user = await accounts.sessionUser(request);
    if (!user) throw new AppError("authentication_required", "Nobody is signed in.");
    const none = { clientId: "console", clientName: "Console", grantId: null, scopes: new Set<never>() };
    return { ...none, userId: user.id, channel: "web", paused: false };
  };
  const limits = createLimits({ query: database.query });
  const { passkeys, presence, requirePresence, notices } = accounts;
  const own = { baseUrl, invoke, person, limits, presence, requirePresence };
  const routes = createRoutes();
  routes.route("/", passkeyRoutes({ ...own, passkeys }));
  routes.route("/", noticeRoutes({ ...own, notices }));
  routes.post("/test/decide", async (c) => {
    const { digest, passkey } = await readJson(c, decision);
    return Response.json(await requirePresence(c.req.raw, { digest, passkey }));
  });
  routes.get("/app/passkeys", () => new Response("<!doctype html><title>Passkeys</title>", { headers: html }));
  return routes;
}

const html = { "content-type": "text/html; charset=utf-8" };

/** Starts the room with its passkeys and notices, behind real HTTP. */
export async function startPasskeys(
  t: TestContext,
  database: Database,
  options: RigOptions = {},
): Promise<PasskeyServer> {
  const calls: Call[] = [];
  const push = options.push ?? { requireUsable: () => undefined };
  const baseUrl = options.baseUrl ?? "http://localhost:3002";
  const more = (accounts: Accounts): Routes => routesOver({ database, push, calls, baseUrl }, accounts);
  return { ...(await startAccounts(t, database, { ...options, more })), calls };
}

/** Adds a passkey as the page does; the person has just signed in. */
export async function addPasskey(browser: Browser, authenticator: Authenticator, bent: Bent = {}): Promise<Answer> {
  const options = await browser.post("/api/passkeys/options", {});
  assert.equal(options.status, 200, JSON.stringify(options.body));
  return browser.post("/api/passkeys", { label: "A key", credential: authenticator.create(options.body, bent) });
}

/** Asks for a challenge about something. */
export async function challenge(browser: Browser, digest: string): Promise<{ readonly challenge: string }> {
  const options = await browser.post("/api/passkeys/challenge", { digest });
  assert.equal(options.status, 200, JSON.stringify(options.body));
  return options.body;
}

/** Decides by a passkey's answer to a new challenge. */
export const decide = async (browser: Browser, authenticator: Authenticator, digest: string, bent: Bent = {}) =>
  browser.post("/test/decide", { digest, passkey: authenticator.get(await challenge(browser, digest), bent) });
