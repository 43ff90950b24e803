import { join } from "node:path";
import { type Accounts, createAccounts } from "../accounts/accounts.ts";
import { type Entitlements, openEntitlements } from "../accounts/entitlements.ts";
import { listPeople } from "../accounts/records/directory.ts";
import { createLimits } from "../adapters/limits/limits.ts";
import { createEmbeddedMailbox, type EmbeddedMailbox } from "../adapters/mail/embedded-mailbox.ts";
import { createSmtpMail } from "../adapters/mail/smtp.ts";
import { createWebPush } from "../adapters/notify/web-push.ts";
import { createGuardedFetch } from "../adapters/web/guarded-fetch.ts";
import type { Config } from "../config/config.ts";
import { type TellLater, tellingLater } from "../accounts/telling-later.ts";
import type { Database, Handle } from "../database/handle.ts";
import { outsideTransactions } from "../database/transaction-scope.ts";
import { clientAddress } from "../http/client-address.ts";
import { registryOf } from "../kernel/admit.ts";
import type { Clock } from "../kernel/clock.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import type { MailPort } from "../kernel/ports/mail.ts";
import type { PushPort } from "../kernel/ports/notify.ts";
import type { Toolset } from "../kernel/tool.ts";
import { createOAuth } from "../oauth/oauth.ts";
import { createToolsets } from "../toolsets/index.ts";
import { openWidgetLibrary, widgetBuild } from "../toolsets/widget-library.ts";
import { type ArtifactLinks, createArtifactLinks } from "../work/artifact-links.ts";
import { accountActions } from "./account-actions.ts";
import { createDoor } from "./door.ts";
import { openEffects } from "./effects.ts";
import { humanCheckOf, identityProviders } from "./identity-providers.ts";
import type { AppParts, House } from "./parts.ts";
import { personProfile } from "./person-profile.ts";
import { ownJobsOf } from "./job-parts.ts";
import { questionsOf } from "./questions.ts";
import { reportSources } from "./report-sources.ts";
import { sendersOf } from "./senders.ts";
import { withToolTiers } from "./tool-tiers.ts";
import { ROOT } from "./version.ts";

const UNTRUSTED_PROXY =
  "Requests arrive with X-Forwarded-For, but BELLHOP_TRUSTED_PROXIES is 0, so limits count the proxy in front as one caller. Set it to how many proxies of yours append to that header; this is said once per start.";

/** The mail server that is set, else the mailbox of this machine. */
function mailOf({ config, print }: AppParts, clock: Clock): { port: MailPort; mailbox: EmbeddedMailbox | null } {
  if (config.smtp) return { port: createSmtpMail(config.smtp), mailbox: null };
  const mailbox = createEmbeddedMailbox({ clock, print });
  return { port: mailbox, mailbox };
}

/** Web Push; a push service may write to the address given here about what this server sends (RFC 8292 §2.1). */
function pushOf({ config, webSender }: AppParts): PushPort {
  const { protocol, hostname } = new URL(config.baseUrl);
  const subject = protocol === "https:" ? config.baseUrl : `mailto:webmaster@${hostname}`;
  return createWebPush({ web: webSender ?? createGuardedFetch(), subject });
}

/** What reaches people, never from inside a transaction. */
function tellersOf(parts: AppParts, clock: Clock) {
  const { port, mailbox } = mailOf(parts, clock);
  const push = pushOf(parts);
  return {
    mail: outsideTransactions(port),
    push: outsideTransactions(push),
    requireUsable: push.requireUsable,
    mailbox,
  };
}

/** Toolsets from outside; those that need the house are built with it. */
function furtherToolsets({ toolsets = [] }: AppParts, accounts: Pick<Accounts, "upstreamToken">) {
  if (typeof toolsets !== "function") return toolsets;
  const house: House = {
    upstreamToken: async (userId, provider) => (await accounts.upstreamToken(userId, provider)).token,
  };
  return toolsets(outsideTransactions(house));
}

interface OAuthMount {
  readonly database: Database;
  readonly clock: Clock;
  readonly masterSecret: string;
  readonly limits: LimitsPort;
  readonly accounts: Accounts;
  readonly tellLater: TellLater;
  readonly address: ReturnType<typeof clientAddress>;
}

/** The authorization server over the people of this house. */
const openOAuth = (parts: AppParts, given: OAuthMount) => {
  const { config, log } = parts;
  const { database, clock, masterSecret, limits, accounts, tellLater, address } = given;
  return createOAuth({
    database,
    clock,
    baseUrl: config.baseUrl,
    masterSecret,
    signingKey: config.signingKey,
    channels: config.channels,
    report: (error) => log.error({ err: error }, "A timeline of linking was not written."),
    serviceSecret: config.serviceSecret,
    keyDays: config.keyDays,
    advertiseIss: config.advertiseIss,
    limits,
    web: outsideTransactions(parts.web ?? createGuardedFetch()),
    presets: config.presets,
    dynamicRegistration: config.dynamicRegistration,
    sessionUser: accounts.sessionUser,
    holdSession: accounts.holdSession,
    signInWithToken: accounts.signInWithToken,
    profile: personProfile(accounts.user),
    upstreamToken: accounts.upstreamToken,
    linkMade: (handle, { id, userId }) => tellLater(handle, { kind: "link_made", userId, ref: id }),
    clientAddress: address,
  });
};

/** The pages that show the tools' answers; in development each is served as it is now. */
function libraryOf({ config }: AppParts, toolsets: readonly Toolset<Handle>[], database: Database, clock: Clock) {
  const names = toolsets.flatMap((toolset) => toolset.widgets).map((widget) => widget.name);
  const built = widgetBuild(join(ROOT, "dist", "widgets"), names, config.environment === "development");
  return openWidgetLibrary(built, database, clock);
}

interface ToolsetMount {
  readonly database: Database;
  readonly clock: Clock;
  readonly masterSecret: string;
  readonly oauth: Awaited<ReturnType<typeof openOAuth>>;
  readonly entitlements: Entitlements;
  readonly effects: Awaited<ReturnType<typeof openEffects>>;
  readonly artifactLinks: ArtifactLinks;
  readonly requireUsable: PushPort["requireUsable"];
  readonly tellLater: TellLater;
  readonly titleOf: (tool: string) => string;
}

/** The toolsets of this house, with what each needs of the rooms. */
const ownToolsets = (config: Config, mount: ToolsetMount): readonly Toolset<Handle>[] => {
  const { database, oauth, entitlements, effects } = mount;
  return createToolsets({
    extraction: config.extraction,
    grants: oauth.grants,
    admin: { all: oauth.administration, directory: { people: listPeople }, plans: entitlements.plans },
    pause: oauth.pause,
    spending: effects.spending,
    ...accountActions(mount),
    questions: questionsOf(effects, config.baseUrl),
    ownJobs: ownJobsOf({ ...effects, ...mount }),
    sources: reportSources({ database, grants: oauth.grants, titleOf: mount.titleOf }),
    jobs: effects.jobs,
  });
};

/** Builds every room over an open database and wires one to the other. */
export async function buildRooms(parts: AppParts, database: Database, masterSecret: string, clock: Clock) {
  const { config, log } = parts;
  const address = clientAddress(config.trustedProxies, () => log.warn({}, UNTRUSTED_PROXY));
  const limits = outsideTransactions(createLimits({ query: database.query }));
  const { mailbox, requireUsable, ...tellers } = tellersOf(parts, clock);
  const tellLater = tellingLater((...of) => effects.outbox.put(...of));
  const accounts = createAccounts({
    database,
    clock,
    baseUrl: config.baseUrl,
    ...tellers,
    limits,
    providers: identityProviders(config),
    emailSignIn: config.signIn.email,
    humanCheck: humanCheckOf(config),
    localMailbox: mailbox !== null,
    masterSecret,
    tellLater,
    clientAddress: address,
    signInRefused: (c, error) =>
      oauth.attempts.note({ step: "sign_in", requestId: c.get("requestId"), address: address(c), error }),
  });
  const oauth = await openOAuth(parts, { database, clock, masterSecret, limits, accounts, tellLater, address });
  const entitlements = await openEntitlements({ database, clock, ...config.plans });
  const effects = await openEffects({
    config,
    log,
    database,
    clock,
    masterSecret,
    backoff: parts.backoff,
    readmit: oauth.readmit,
    tool: (name) => registry.get(name),
    senders: (approvals) => sendersOf({ accounts, grants: oauth.grants, titleOf: (name) => titleOf(name) }, approvals),
  });
  const titleOf = (name: string): string => registry.get(name)?.title ?? name;
  const artifactLinks = createArtifactLinks(masterSecret, config.baseUrl);
  const given = { database, clock, masterSecret, requireUsable, tellLater, titleOf };
  const own = { ...given, oauth, entitlements, effects, artifactLinks };
  const toolsets = withToolTiers([...ownToolsets(config, own), ...furtherToolsets(parts, accounts)], config.plans);
  const registry = registryOf(toolsets);
  const { entitlementOf, requireTool } = entitlements;
  const behind = { toolsets, roles: accounts.roles, entitlementOf, requireTool, readmit: oauth.readmit };
  const { invoke, runner, callLimits } = createDoor(parts, { database, clock, effects }, behind);
  const library = await libraryOf(parts, toolsets, database, clock);
  return {
    accounts,
    entitlements,
    oauth,
    ...effects,
    artifactLinks,
    toolsets,
    library,
    invoke,
    runner,
    mailbox,
    limits,
    callLimits,
  };
}

export type Rooms = Awaited<ReturnType<typeof buildRooms>>;
