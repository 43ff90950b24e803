import * as z from "zod";
import { parseInput, readParameters } from "../../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import type { Principal } from "../../kernel/principal.ts";
import { type Outcome, outcomes, type Receipt } from "../../kernel/receipt.ts";
import { type AccountRouteParts, accountRoutes } from "./account-routes.ts";
import { type ApprovalRouteParts, approvalRoutes } from "./approval-routes.ts";
import { adminRoutes } from "./admin-routes.ts";
import { type EventStreamParts, eventStream } from "./event-stream.ts";
import { type IntentRouteParts, intentRoutes } from "./intent-routes.ts";
import { type JobRouteParts, jobRoutes } from "./job-routes.ts";
import { type NoticeRouteParts, noticeRoutes } from "./notice-routes.ts";
import { bodyOf, noStore, ownAction } from "./own-action.ts";
import { type PasskeyRouteParts, passkeyRoutes } from "./passkey-routes.ts";
import { type ReceiptRouteParts, receiptRoutes } from "./receipt-routes.ts";
import { receiptView } from "./receipt-view.ts";
import { type SpendingRouteParts, spendingRoutes } from "./spending-routes.ts";
import { createStreamPlaces } from "./stream-places.ts";
import { type UsageRouteParts, usageRoutes } from "./usage-routes.ts";
import type { AttemptView, GrantView, ReceiptsView, UsedToolsView } from "./types.ts";

/** Which receipts to read. */
interface ReceiptQuery {
  readonly userId: string;
  readonly limit: number;
  readonly before?: string | undefined;
  readonly id?: string | undefined;
  readonly tool?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly channel?: string | undefined;
  readonly wallet?: string | undefined;
  readonly client?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly words?: string | undefined;
  /** Tools whose titles hold the words. */
  readonly meant?: readonly string[] | undefined;
}

/** What the published REST routes are made from. */
export interface ApiChannelParts
  extends
    AccountRouteParts,
    ApprovalRouteParts,
    IntentRouteParts,
    JobRouteParts,
    NoticeRouteParts,
    PasskeyRouteParts,
    ReceiptRouteParts,
    SpendingRouteParts,
    UsageRouteParts {
  readonly environment: string;
  /** The person behind the browser session or a bearer. @throws AppError `authentication_required` or `invalid_token`. */
  caller(request: Request): Promise<Principal>;
  receipts(query: ReceiptQuery): Promise<{ receipts: readonly Receipt[]; next: string | null }>;
  /** The titles of all tools, by name. */
  readonly titles: ReadonlyMap<string, string>;
  /** The tools that a person's receipts name; `known` are looked for by name. */
  usedTools(userId: string, known: readonly string[]): Promise<readonly string[]>;
  grants(userId: string): Promise<readonly GrantView[]>;
  /** The person's own attempts to link, the last one first. */
  linkAttempts(userId: string): Promise<readonly AttemptView[]>;
  readonly watch: EventStreamParts["watch"];
  /** Throws while the server cannot serve. */
  ready(): Promise<void>;
}

/** Of the six connections that a browser has to a host over HTTP/1.1, two stay free for all else. */
const MOST_STREAMS = 4;

/** Years that every database writes as we do; an offset may lead out of them. */
const isInCalendar = (time: Date): boolean => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999;

/** A date, which means its beginning in UTC, or a time with its offset (ISO 8601). */
const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .transform((text) => new Date(text))
  .refine(isInCalendar, "is not a time of the years 1 to 9999");

const receiptsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().refine(isUuid, "is not a cursor from a page before").optional(),
  id: z.string().refine(isUuid, "is not the id of a receipt").optional(),
  tool: z.string().max(128).optional(),
  outcome: z.enum(outcomes).optional(),
  channel: z.string().max(40).optional(),
  wallet: z.string().max(200).optional(),
  client: z.string().max(200).optional(),
  since: moment.optional(),
  until: moment.optional(),
  q: z.string().trim().max(200).optional(),
});

const narrowed = z.object({ scopes: z.array(z.string()) });

/** `GET /api/used-tools`: what a person's receipts can be filtered by, in the order of the titles. */
async function getUsedTools(parts: ApiChannelParts, c: RequestContext): Promise<Response> {
  const { userId } = await parts.person(c.req.raw);
  const names = await parts.usedTools(userId, [...parts.titles.keys()]);
  const tools = names.map((name) => ({ name, title: parts.titles.get(name) ?? name }));
  const view: UsedToolsView = { tools: tools.toSorted((one, other) => one.title.localeCompare(other.title, "en")) };
  return Response.json(view, { headers: noStore });
}

/** `GET /receipts`: a person's own receipts, to their browser or to an assistant that may see the profile. */
async function getReceipts(parts: ApiChannelParts, c: RequestContext): Promise<Response> {
  const principal = await parts.caller(c.req.raw);
  if (!principal.scopes.has("profile")) {
    throw new AppError("insufficient_scope", "Reading receipts needs the scope profile.", {
      details: { scope: "profile" },
    });
  }
  const { cursor, q, ...query } = parseInput(receiptsQuery, readParameters(new URL(c.req.url).searchParams));
  const meant = q ? [...parts.titles].filter(([, title]) => title.toLowerCase().includes(q.toLowerCase())) : [];
  const words = q ? { words: q, meant: meant.map(([name]) => name) } : {};
  const page = await parts.receipts({ ...query, ...words, userId: principal.userId, before: cursor });
  const view: ReceiptsView = {
    receipts: page.receipts.map((one) => receiptView(one, parts.titles)),
    next: page.next,
  };
  return Response.json(view, { headers: noStore });
}

/** The REST routes that people and their own tools use. */
export function createApiChannel(parts: ApiChannelParts): Routes {
  const routes = createRoutes();
  const places = createStreamPlaces(MOST_STREAMS);
  routes.get("/health", async () => {
    await parts.ready();
    const health = { status: "ok", timestamp: parts.clock().toISOString(), environment: parts.environment };
    return Response.json(health, { headers: noStore });
  });
  routes.get("/receipts", (c) => getReceipts(parts, c));
  routes.get("/api/used-tools", (c) => getUsedTools(parts, c));
  routes.get("/api/events", async (c) => {
    const { userId } = await parts.person(c.req.raw);
    const stillSignedIn = (): Promise<boolean> =>
      parts.person(c.req.raw).then(
        (principal) => principal.userId === userId,
        () => false,
      );
    return eventStream({ watch: parts.watch, stillSignedIn, places }, userId, c.req.raw);
  });
  routes.get("/api/grants", async (c) => {
    const principal = await parts.person(c.req.raw);
    return Response.json({ grants: await parts.grants(principal.userId) }, { headers: noStore });
  });
  routes.delete("/api/grants/:id", async (c) => {
    const { receiptId } = await ownAction(parts, c, "revoke_grant", { grantId: c.req.param("id") });
    return Response.json({ receiptId }, { headers: noStore });
  });
  routes.patch("/api/grants/:id", async (c) => {
    const { scopes } = await bodyOf(c);
    const { data, receiptId } = await ownAction(parts, c, "narrow_link", { grantId: c.req.param("id"), scopes });
    return Response.json({ receiptId, ...narrowed.parse(data) }, { headers: noStore });
  });
  routes.get("/api/link-attempts", async (c) => {
    const { userId } = await parts.person(c.req.raw);
    return Response.json({ attempts: await parts.linkAttempts(userId) }, { headers: noStore });
  });
  routes.route("/", adminRoutes(parts));
  routes.route("/", usageRoutes(parts));
  routes.route("/", approvalRoutes(parts));
  routes.route("/", receiptRoutes(parts));
  routes.route("/", intentRoutes(parts));
  routes.route("/", jobRoutes(parts));
  routes.route("/", accountRoutes(parts));
  routes.route("/", spendingRoutes(parts));
  routes.route("/", passkeyRoutes(parts));
  routes.route("/", noticeRoutes(parts));
  return routes;
}
