import type { TestContext } from "node:test";
import { type Accounts, createAccounts } from "../../src/accounts/accounts.ts";
import { migrations as accountMigrations } from "../../src/accounts/migrations/index.ts";
import type { TellLater } from "../../src/accounts/telling-later.ts";
import { createLimits, limitStatements } from "../../src/adapters/limits/limits.ts";
import { createSmtpMail } from "../../src/adapters/mail/smtp.ts";
import type { Database, Migration } from "../../src/database/handle.ts";
import { outsideTransactions } from "../../src/database/transaction-scope.ts";
import { clientAddress } from "../../src/http/client-address.ts";
import { errorResponse } from "../../src/http/errors.ts";
import { type Routes, createRoutes } from "../../src/http/router.ts";
import { listen } from "../../src/http/server.ts";
import { AppError, asAppError } from "../../src/kernel/errors.ts";
import type { HumanCheck } from "../../src/kernel/ports/human-check.ts";
import type { IdentityProvider } from "../../src/kernel/ports/identity.ts";
import type { MailPort } from "../../src/kernel/ports/mail.ts";
import type { PushPort } from "../../src/kernel/ports/notify.ts";
import { type MailPeer, startMailPeer } from "../mail-peer.ts";

export const migrations: readonly Migration[] = [
  ...accountMigrations,
  { name: "0006-limits", statements: limitStatements },
];

/** A clock that stands until it is moved. */
export interface SetClock {
  (): Date;
  /** Moves on by seconds. */
  pass(seconds: number): void;
}

export function setClock(start = new Date("2026-11-20T08:00:00Z")): SetClock {
  let now = start.getTime();
  const read = (): Date => new Date(now);
  return Object.assign(read, {
    pass(seconds: number) {
      now += seconds * 1000;
    },
  });
}

interface Options {
  readonly baseUrl?: string;
  readonly providers?: readonly IdentityProvider[];
  readonly mail?: MailPort;
  readonly humanCheck?: HumanCheck;
  readonly emailSignIn?: boolean;
  readonly patienceMs?: number;
  readonly push?: PushPort;
  readonly tellLater?: TellLater;
  /** Where to listen; any free port unless given. */
  readonly port?: number;
  /** Routes of other rooms over this one. */
  readonly more?: (accounts: Accounts) => Routes;
}

/** Where nobody is to be told by push. */
const noPush: PushPort = {
  requireUsable: () => undefined,
  send: () => Promise.reject(new Error("Nothing is pushed in this test.")),
};

/** The room behind real HTTP, with real mail. */
export interface AccountServer {
  readonly accounts: Accounts;
  /** The configured base URL: what Origin must be. */
  readonly baseUrl: string;
  /** Where it really listens. */
  readonly address: string;
  readonly clock: SetClock;
  readonly peer: MailPeer;
  /** What a channel would log: unforeseen errors, and causes. */
  readonly faults: readonly unknown[];
}

/** Starts the room on loopback; requests come from an address of the test's choosing by X-Forwarded-For. */
export async function startAccounts(t: TestContext, database: Database, options: Options = {}): Promise<AccountServer> {
  const clock = setClock();
  const peer = await startMailPeer(t);
  const faults: unknown[] = [];
  const baseUrl = options.baseUrl ?? "http://localhost:3002";
  const mail = options.mail ?? createSmtpMail({ url: peer.url, from: "Bellhop <hello@bellhop.example>" });
  const accounts = createAccounts({
    database,
    clock,
    baseUrl,
    mail: outsideTransactions(mail),
    push: outsideTransactions(options.push ?? noPush),
    limits: outsideTransactions(createLimits({ query: database.query })),
    providers: (options.providers ?? []).map(outsideTransactions),
    humanCheck: options.humanCheck,
    patienceMs: options.patienceMs,
    emailSignIn: options.emailSignIn ?? true,
    localMailbox: false,
    masterSecret: "a secret for tests",
    tellLater: options.tellLater ?? (async () => undefined),
    clientAddress: clientAddress(1),
  });
  const routes = createRoutes();
  routes.use(async (c, next) => {
    c.set("requestId", "request-1");
    await next();
  });
  routes.onError((error, c) => {
    faults.push(error);
    return errorResponse(c, asAppError(error));
  });
  routes.notFound((c) => errorResponse(c, new AppError("not_found", "There is nothing here.")));
  routes.route("/", accounts.routes);
  if (options.more) routes.route("/", options.more(accounts));
  const server = await listen(routes, "127.0.0.1", options.port ?? 0);
  t.after(() => server.close(0));
  return { accounts, baseUrl, address: `http://127.0.0.1:${server.port}`, clock, peer, faults };
}
