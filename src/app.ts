import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createAccounts } from "./accounts/accounts.ts";
import { accountData, people } from "./accounts/people.ts";
import { migrations as accountMigrations } from "./accounts/migrations/index.ts";
import { createPrivyIdentity } from "./adapters/identity/privy.ts";
import { createLimits, limitStatements } from "./adapters/limits/limits.ts";
import { type EmbeddedMailbox, createEmbeddedMailbox } from "./adapters/mail/embedded-mailbox.ts";
import { createSmtpMail } from "./adapters/mail/smtp.ts";
import { createApiChannel } from "./channels/api/api-channel.ts";
import { createCommandChannel } from "./channels/cli/command-channel.ts";
import { createMcpChannel } from "./channels/mcp/mcp-channel.ts";
import { createWebChannel } from "./channels/web/web-channel.ts";
import { createWidgetFiles } from "./channels/web/widget-files.ts";
import type { Config } from "./config.ts";
import { type DataDirectory, masterSecretOf, openDataDirectory } from "./database/data-directory.ts";
import type { Database, Handle, Migration } from "./database/handle.ts";
import { openDatabase } from "./database/open-database.ts";
import { restoreSnapshot } from "./database/restore.ts";
import { socketAnswers } from "./database/socket-answers.ts";
import { outsideTransactions } from "./database/transaction-scope.ts";
import { clientAddress } from "./http/client-address.ts";
import { originPolicy } from "./http/guards.ts";
import { isLoopbackHost } from "./http/loopback.ts";
import { createOuterRoutes } from "./http/outer-routes.ts";
import type { Routes } from "./http/router.ts";
import { type HttpServer, listen, listenOnSocket } from "./http/server.ts";
import { type Clock } from "./kernel/clock.ts";
import { AppError } from "./kernel/errors.ts";
import { createInvoke } from "./kernel/invoke.ts";
import type { Json } from "./kernel/json.ts";
import type { PersonalData } from "./kernel/personal-data.ts";
import type { MailPort } from "./kernel/ports/mail.ts";
import type { Principal } from "./kernel/principal.ts";
import { allScopes, effectiveScopes, scopeTable } from "./kernel/scopes.ts";
import type { Toolset } from "./kernel/tool.ts";
import { createLedger } from "./ledger/ledger.ts";
import { receiptsData } from "./ledger/receipts-data.ts";
import { openReceiptFeed } from "./ledger/receipt-feed.ts";
import { migrations as ledgerMigrations } from "./ledger/migrations/index.ts";
import { linksData } from "./oauth/grants.ts";
import { createOAuth } from "./oauth/oauth.ts";
import { migrations as oauthMigrations } from "./oauth/migrations/index.ts";
import { createToolsets, toolsetData, toolsetMigrations } from "./toolsets/index.ts";
import { openWidgetLibrary, widgetBuild } from "./toolsets/widget-library.ts";
import { listIntents } from "./toolsets/intents/records/intents.ts";

/** Where an event that matters is written. Never given a secret. */
export interface Log {
  info(facts: Record<string, unknown>, sentence: string): void;
  error(facts: Record<string, unknown>, sentence: string): void;
}

/** What a start may set beside the configuration. */
export interface AppParts {
  readonly config: Config;
  readonly log: Log;
  /** Shows one line in the terminal. */
  readonly print: (line: string) => void;
  readonly clock?: Clock;
  /** Further toolsets, such as a company's own. */
  readonly toolsets?: readonly Toolset<Handle>[];
}

/** A running server. */
export interface App {
  readonly port: number;
  readonly baseUrl: string;
  readonly mcpUrl: string;
  /** True when no mail server is set. */
  readonly codesStayHere: boolean;
  /** The mailbox page with its key; null when a mail server carries the codes, or others could reach the page. */
  readonly mailboxUrl: string | null;
  readonly dataDirectory: string;
  readonly engine: Database["engine"];
  close(): Promise<void>;
}

/** An answer always comes within this time. */
const DEADLINE_MS = 25_000;
const SWEEP_EVERY_MS = 60_000;
const GRACE_MS = 10_000;

const ROOT = join(import.meta.dirname, "..");

/** The version in package.json. */
export const version = (): string =>
  /"version": "([^"]+)"/.exec(readFileSync(join(ROOT, "package.json"), "utf8"))?.[1] ?? "0.0.0";

const limitsMigration: Migration = { name: "0006-limits", statements: limitStatements };
const migrations: readonly Migration[] = [
  ...accountMigrations,
  ...oauthMigrations,
  ...ledgerMigrations,
  ...toolsetMigrations,
  limitsMigration,
];

const INSTRUCTIONS =
  "Bellhop acts for the signed-in person. Call extract_intent when they say what they look for, offer or want to achieve: " +
  "pass their words unchanged, and list each distinct intent in candidateIntents with a verbatim quote. " +
  "Use archive_intent to remove one. Every call leaves a receipt that the person can see.";

/** Opens the database, after a snapshot when an older one is about to be migrated. */
async function openMigrated(config: Config, directory: DataDirectory, clock: Clock, log: Log): Promise<Database> {
  const report = (error: Error): void => log.error({ reason: error.message }, "A database connection broke.");
  const database = await openDatabase({ url: config.databaseUrl, directory, clock, report });
  try {
    if (database.engine === "pglite" && (await database.outdated(migrations))) await database.snapshot();
    await database.migrate(migrations);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/** The person in their own browser: every scope, since no assistant is in between. */
const browserPrincipal = (userId: string): Principal => ({
  userId,
  clientId: "console",
  clientName: "Console",
  grantId: null,
  scopes: new Set(allScopes),
  channel: "web",
});

/** The mail server that is set, else the mailbox of this machine. */
function mailOf({ config, print }: AppParts, clock: Clock): { port: MailPort; mailbox: EmbeddedMailbox | null } {
  if (config.smtp) return { port: createSmtpMail(config.smtp), mailbox: null };
  const mailbox = createEmbeddedMailbox({ clock, print });
  return { port: mailbox, mailbox };
}

/** Where the mailbox can be read: nowhere when others could reach the page. */
const mailboxUrl = (config: Config, mailbox: EmbeddedMailbox | null): string | null =>
  mailbox && isLoopbackHost(new URL(config.baseUrl).hostname) ? `${config.baseUrl}/mailbox?key=${mailbox.key}` : null;

/** Writes down what was not foreseen: the cause goes to the log and nowhere else. */
const reporter =
  (log: Log) =>
  (error: AppError, requestId: string): void =>
    log.error({ requestId, err: error.cause ?? error }, "A call failed.");

/** What every room keeps of a person; the account comes last, since other rows reference its user. */
const personalData: readonly PersonalData<Handle>[] = [receiptsData, linksData, ...toolsetData, accountData];

async function erasePerson(handle: Handle, userId: string): Promise<void> {
  for (const data of personalData) await data.erase?.(handle, userId);
}

async function exportPerson(handle: Handle, userId: string): Promise<Json> {
  const members: [string, Json][] = [];
  for (const data of personalData) members.push([data.name, await data.exportOf(handle, userId)]);
  return Object.fromEntries(members);
}

/** Builds every room over an open database and wires one to the other. */
async function buildRooms(parts: AppParts, database: Database, masterSecret: string, clock: Clock) {
  const { config, log } = parts;
  const address = clientAddress(config.trustedProxies);
  const limits = outsideTransactions(createLimits({ query: database.query }));
  const { port: mail, mailbox } = mailOf(parts, clock);
  const providers = config.privy ? [outsideTransactions(createPrivyIdentity(config.privy))] : [];
  const accounts = createAccounts({
    database,
    clock,
    baseUrl: config.baseUrl,
    mail: outsideTransactions(mail),
    limits,
    providers,
    localMailbox: mailbox !== null,
    masterSecret,
    clientAddress: address,
  });
  const oauth = await createOAuth({
    database,
    clock,
    baseUrl: config.baseUrl,
    masterSecret,
    signingKey: config.signingKey,
    limits,
    sessionUser: accounts.sessionUser,
    signInWithToken: accounts.signInWithToken,
    clientAddress: address,
  });
  const feed = await openReceiptFeed(database, clock);
  const announce = (userIds: readonly string[]): void => {
    // The receipts are committed; who misses this news finds them at the next.
    feed.announce(userIds).catch((error: unknown) => log.error({ err: error }, "News of receipts was not sent."));
  };
  const ledger = createLedger(database, clock, announce);
  const toolsets = [
    ...createToolsets({
      extraction: config.extraction,
      grants: oauth.grants,
      people: { ...people, erase: erasePerson },
    }),
    ...(parts.toolsets ?? []),
  ];
  const report = reporter(log);
  const invoke = createInvoke({ toolsets, ledger, handle: database.handle, clock, deadlineMs: DEADLINE_MS, report });
  const names = toolsets.flatMap((toolset) => toolset.widgets).map((widget) => widget.name);
  const built = widgetBuild(join(ROOT, "dist", "widgets"), names, config.environment === "development");
  const library = await openWidgetLibrary(built, database, clock);
  return { accounts, oauth, ledger, feed, toolsets, library, invoke, mailbox };
}

type Rooms = Awaited<ReturnType<typeof buildRooms>>;

/** The pages; in development each file of them is served as it is now. */
const webOf = (config: Config, mailbox: EmbeddedMailbox | null): Routes =>
  createWebChannel({
    baseUrl: config.baseUrl,
    mcpUrl: `${config.baseUrl}/mcp`,
    consoleDirectory: join(ROOT, "dist", "console"),
    docsDirectory: join(ROOT, "docs"),
    followsFiles: config.environment === "development",
    version: version(),
    mailbox,
  });

/** @throws AppError `unavailable` while the database does not answer. */
async function answering(database: Database): Promise<void> {
  try {
    await database.query("select 1", []);
  } catch (cause) {
    throw new AppError("unavailable", "The database does not answer.", { cause });
  }
}

/** Mounts what each room and channel serves. */
function mount(parts: AppParts, rooms: Rooms, database: Database, clock: Clock): Routes {
  const { config, log } = parts;
  const { accounts, oauth, ledger, feed, toolsets, library, invoke, mailbox } = rooms;
  const tools = toolsets.flatMap((toolset) => toolset.tools);
  const widgets = toolsets.flatMap((toolset) => toolset.widgets);
  const person = async (request: Request): Promise<Principal> => {
    const user = await accounts.sessionUser(request);
    if (!user) throw new AppError("authentication_required", "Nobody is signed in.");
    return browserPrincipal(user.id);
  };
  const caller = (request: Request): Promise<Principal> =>
    request.headers.has("authorization") ? oauth.authenticate(request, "api") : person(request);

  const routes = createOuterRoutes(config.baseUrl, reporter(log));
  const mcp = createMcpChannel({
    baseUrl: config.baseUrl,
    version: version(),
    instructions: INSTRUCTIONS,
    origins: originPolicy(config.baseUrl, config.allowedOrigins),
    tools,
    widgets: { widgets, tools, ...library },
    invoke,
    report: reporter(log),
    authenticate: oauth.authenticate,
    emulate: async (request, host) => ({
      ...(await person(request)),
      clientId: "emulator",
      clientName: "Emulator",
      scopes: effectiveScopes(allScopes.filter((scope) => scopeTable[scope].advertised)),
      channel: host,
    }),
  });
  const api = createApiChannel({
    baseUrl: config.baseUrl,
    environment: config.environment,
    clock,
    invoke,
    person,
    caller,
    receipts: ledger.page,
    watch: feed.watch,
    grants: oauth.grants.list,
    intents: (userId, query) => listIntents(database.handle, userId, query),
    exportOf: (userId) => exportPerson(database.handle, userId),
    user: accounts.user,
    signedOutCookie: accounts.signedOutCookie,
    ready: () => answering(database),
  });
  const web = webOf(config, mailbox);
  // The pages first: they answer a browser that opens the address of assistants, and hand on every other request to it.
  const widgetFiles = createWidgetFiles({ baseUrl: config.baseUrl, ...library });
  for (const room of [web, mcp, accounts.routes, oauth.routes, api, widgetFiles]) routes.route("/", room);
  return routes;
}

/** Closes what dead processes left open and deletes what has ended long ago, now and every minute. */
function startSweeps({ ledger, oauth, accounts }: Rooms, log: Log): () => void {
  const sweep = (): void => {
    for (const room of [ledger, oauth, accounts]) {
      room.sweep().catch((error: unknown) => log.error({ err: error }, "A sweep failed; it runs again in a minute."));
    }
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * The command socket of this process. Of several processes on PostgreSQL that share a directory, the first has it.
 */
async function openCommandSocket(
  database: Database,
  directory: DataDirectory,
  port: number,
): Promise<HttpServer | undefined> {
  if (database.engine === "postgres" && (await socketAnswers(directory.socket))) return undefined;
  const commands = createCommandChannel({
    status: () => ({
      version: version(),
      pid: process.pid,
      port,
      engine: database.engine,
      upSeconds: Math.round(process.uptime()),
    }),
    snapshot: database.snapshot,
  });
  return listenOnSocket(commands, directory.socket);
}

/**
 * Starts the server: opens the database, migrates it, builds the rooms, listens.
 * @throws AppError with a sentence for the operator and the next step; nothing is left open or locked.
 */
export async function startApp(parts: AppParts): Promise<App> {
  const { config, log } = parts;
  const clock = parts.clock ?? (() => new Date());
  const directory = openDataDirectory(config.dataDirectory);
  const database = await openMigrated(config, directory, clock, log);
  const closers: (() => unknown)[] = [() => database.close()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const rooms = await buildRooms(parts, database, config.secret ?? masterSecretOf(directory), clock);
    closers.push(() => rooms.feed.close());
    const server = await listen(mount(parts, rooms, database, clock), config.host, config.port);
    // The feed ends first, so that the server need not wait for streams that are open.
    closers.push(
      () => server.close(GRACE_MS),
      startSweeps(rooms, log),
      () => rooms.feed.close(),
    );
    const socket = await openCommandSocket(database, directory, server.port);
    if (socket) closers.push(() => socket.close(GRACE_MS));
    return {
      port: server.port,
      baseUrl: config.baseUrl,
      mcpUrl: `${config.baseUrl}/mcp`,
      codesStayHere: rooms.mailbox !== null,
      mailboxUrl: mailboxUrl(config, rooms.mailbox),
      dataDirectory: directory.path,
      engine: database.engine,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens the database without a server, for commands while none runs, and closes it again. */
export async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const directory = openDataDirectory(config.dataDirectory);
  const report = (): void => undefined;
  const database = await openDatabase({ url: config.databaseUrl, directory, clock: () => new Date(), report });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Puts a snapshot in the place of the embedded database, and returns where the former one is kept. */
export const restore = (config: Config, file: string): Promise<string | null> =>
  restoreSnapshot(openDataDirectory(config.dataDirectory), file, () => new Date());

/** The command socket of a data directory. */
export const commandSocket = (config: Config): string => openDataDirectory(config.dataDirectory).socket;
