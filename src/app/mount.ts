import { join } from "node:path";
import type { EmbeddedMailbox } from "../adapters/mail/embedded-mailbox.ts";
import { createApiChannel } from "../channels/api/api-channel.ts";
import { createMcpChannel } from "../channels/mcp/mcp-channel.ts";
import { createMissingPage } from "../channels/web/missing-page.ts";
import { createWebChannel } from "../channels/web/web-channel.ts";
import { createWidgetFiles } from "../channels/web/widget-files.ts";
import type { Config } from "../config/config.ts";
import type { Database } from "../database/handle.ts";
import { originPolicy } from "../http/guards.ts";
import { createOuterRoutes } from "../http/outer-routes.ts";
import type { Routes } from "../http/router.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import { allScopes, effectiveScopes, scopeTable } from "../kernel/scopes.ts";
import { statedAssets } from "../kernel/stated-assets.ts";
import { listIntents } from "../toolsets/intents/records/intents.ts";
import { eventsOf } from "./events.ts";
import { outsideOf } from "./identity-providers.ts";
import { jobFiles, jobViewParts } from "./job-parts.ts";
import type { AppParts } from "./parts.ts";
import { exportPerson } from "./personal-data.ts";
import { reporter } from "./reporter.ts";
import type { Rooms } from "./rooms.ts";
import { withNotes } from "./spending-notes.ts";
import { createUsage } from "./usage.ts";
import { ROOT, version } from "./version.ts";

const INSTRUCTIONS =
  "Bellhop acts for the signed-in person. Call extract_intent when they say what they look for, offer or want to achieve: " +
  "pass their words unchanged, and list each distinct intent in candidateIntents with a verbatim quote. " +
  "Use archive_intent to remove one. Some tools ask the person first, and long work goes on by itself: such a call is answered " +
  "with pending. Give the person its link, do not call again, and ask the tool that it names for the outcome. " +
  "Every call leaves a receipt that the person can see.";

/** What leaves receipts and is no tool, so that nothing but the person's own page can do it. */
const DECISION = ["decide_approval", "Decide on a question"] as const;

/** The person in their own browser: every scope, since no assistant is in between. */
const browserPrincipal = (userId: string, sessionRef: string | null, paused: Principal["paused"]): Principal => ({
  userId,
  clientId: "console",
  clientName: "Console",
  grantId: null,
  scopes: new Set(allScopes),
  channel: "web",
  paused,
  ...(sessionRef === null ? {} : { sessionRef }),
});

/** What the person's own page needs of the room that knows people. */
const ownAccount = ({ user, signedOutCookie, passkeys, presence, requirePresence, notices }: Rooms["accounts"]) => ({
  user,
  signedOutCookie,
  passkeys,
  presence,
  requirePresence,
  notices,
});

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
    outside: outsideOf(config),
  });

/** @throws AppError `unavailable` while the database does not answer. */
async function answering(database: Database): Promise<void> {
  try {
    await database.query("select 1", []);
  } catch (cause) {
    throw new AppError("unavailable", "The database does not answer.", { cause });
  }
}

/** What a person is asked, with the exact arguments, without what is secret. */
const ownApprovals = ({ approvals, shown }: Rooms) => ({
  ...approvals,
  async argumentsOf(userId: string, id: string): Promise<unknown> {
    const { tool } = await approvals.find(userId, id);
    return shown(tool, await approvals.argumentsOf(userId, id));
  },
});

interface ApiMount {
  readonly database: Database;
  readonly clock: Clock;
  /** Who is behind a browser session, and behind either that or a bearer. */
  readonly person: (request: Request) => Promise<Principal>;
  readonly caller: (request: Request) => Promise<Principal>;
}

/** What people and their own tools use over REST. */
function apiOf({ config }: AppParts, rooms: Rooms, { database, clock, person, caller }: ApiMount): Routes {
  const { accounts, entitlements, oauth, ledger, proofs, feed, spending, toolsets, invoke, limits } = rooms;
  const tools = toolsets.flatMap((toolset) => toolset.tools);
  const titles = new Map([...tools.map(({ name, title }) => [name, title] as const), DECISION]);
  const stated = statedAssets(tools);
  const jobs = jobViewParts({ ...rooms, baseUrl: config.baseUrl, database, clock, titles });
  return createApiChannel({
    ...jobs,
    ...jobFiles(database, rooms.sealer, rooms.artifactLinks),
    environment: config.environment,
    invoke,
    person,
    caller,
    receipts: ledger.page,
    proofs,
    usedTools: ledger.tools,
    watch: eventsOf(feed, jobs),
    approvals: ownApprovals(rooms),
    usage: createUsage({ handle: database.handle, clock, entitlements, plans: config.plans, tools }),
    grants: oauth.grants.list,
    linkAttempts: oauth.ownAttempts,
    intents: (userId, query) => listIntents(database.handle, userId, query),
    spending: async (userId) => withNotes(await spending.view(database.handle, userId, clock()), stated),
    pauses: oauth.pause.pauses,
    limits,
    exportOf: (userId) => exportPerson(rooms, database.handle, userId),
    ...ownAccount(accounts),
    ready: () => answering(database),
  });
}

/** Mounts what each room and channel serves. */
export function mount(parts: AppParts, rooms: Rooms, database: Database, clock: Clock): Routes {
  const { config, log } = parts;
  const { accounts, entitlements, oauth, toolsets, library, invoke, mailbox } = rooms;
  const tools = toolsets.flatMap((toolset) => toolset.tools);
  const widgets = toolsets.flatMap((toolset) => toolset.widgets);
  const person = async (request: Request): Promise<Principal> => {
    const user = await accounts.sessionUser(request);
    if (!user) throw new AppError("authentication_required", "Nobody is signed in.");
    return browserPrincipal(user.id, accounts.sessionRef(request), await oauth.pause.pausedBy(user.id));
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
    emulate: async (request, host) => {
      const own = await person(request);
      await oauth.admission.requireUser(own.userId, host);
      const scopes = effectiveScopes(allScopes.filter((scope) => scopeTable[scope].advertised));
      return { ...own, clientId: "emulator", clientName: "Emulator", scopes, channel: host };
    },
  });
  const api = apiOf(parts, rooms, { database, clock, person, caller });
  const web = webOf(config, mailbox);
  // The pages first: they answer a browser that opens the address of assistants, and hand on every other request to it.
  const widgetFiles = createWidgetFiles({ baseUrl: config.baseUrl, ...library });
  const rest = [mcp, accounts.routes, entitlements.routes, oauth.routes, api, widgetFiles, createMissingPage()];
  for (const room of [web, ...rest]) routes.route("/", room);
  return routes;
}
