import * as z from "zod";
import { parseInput, readJson, readParameters } from "../../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { requireSameOrigin } from "../../http/same-origin.ts";
import type { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import type { Limit } from "../../kernel/ports/limits.ts";
import type { Principal, ProvenBy } from "../../kernel/principal.ts";
import { type GuardedActionParts, noStore } from "./own-action.ts";
import type { ApprovalsView, ApprovalView, ErrorView, WholeApprovalView } from "./types.ts";

/** What a person is asked, as whoever keeps it gives it. */
export interface AskedApproval {
  readonly id: string;
  readonly tool: string;
  readonly effect: "read" | "write" | "money";
  readonly sentence: string;
  readonly bounds: ApprovalView["bounds"];
  readonly clientName: string;
  readonly channel: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly status: ApprovalView["status"];
  readonly decidedAt: Date | null;
  readonly strength: ApprovalView["strength"];
  readonly digest: string;
  readonly run: ApprovalView["run"];
  readonly error: AppError | null;
}

/** What the routes of approvals are made from. */
export interface ApprovalRouteParts extends GuardedActionParts {
  /** The titles of all tools, by name. */
  readonly titles: ReadonlyMap<string, string>;
  readonly approvals: {
    page(query: { userId: string; waiting: boolean; limit: number; before?: string | undefined }): Promise<{
      readonly approvals: readonly AskedApproval[];
      readonly waiting: number;
      readonly next: string | null;
    }>;
    find(userId: string, id: string): Promise<AskedApproval>;
    /** The exact arguments, without what is secret. */
    argumentsOf(userId: string, id: string): Promise<unknown>;
    decide(decision: {
      readonly principal: Principal;
      readonly requestId: string;
      readonly id: string;
      readonly decision: "approve" | "reject";
      readonly digest: string;
      readonly prove: (digest: string) => Promise<ProvenBy>;
    }): Promise<{ readonly approval: AskedApproval; readonly receiptId: string }>;
  };
}

/** Each leaves a receipt, so nobody tries digests for long. */
const DECISIONS: Limit = { name: "decisions", points: 120, seconds: 60 };

const listQuery = z.object({
  status: z.enum(["pending", "all"]).default("pending"),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().refine(isUuid, "is not a cursor from a page before").optional(),
});

const decisionBody = z.strictObject({
  decision: z.enum(["approve", "reject"]),
  digest: z.string().regex(/^[\w-]{43}$/, "is not the digest of a question"),
  /** What the browser's authenticator answered (WebAuthn); read by whoever verifies it. */
  passkey: z.record(z.string(), z.unknown()).optional(),
});

/** An error as the console shows it. */
export const errorView = (error: AppError | null): ErrorView | null =>
  error && { code: error.code, message: error.message, next: error.next };

/** A question as the REST routes and the event stream give it. */
export const approvalView = (approval: AskedApproval, titles: ReadonlyMap<string, string>): ApprovalView => ({
  id: approval.id,
  tool: approval.tool,
  title: titles.get(approval.tool) ?? approval.tool,
  effect: approval.effect === "money" ? "money" : "write",
  sentence: approval.sentence,
  bounds: approval.bounds,
  clientName: approval.clientName,
  channel: approval.channel,
  askedAt: approval.askedAt.toISOString(),
  expiresAt: approval.expiresAt.toISOString(),
  status: approval.status,
  decidedAt: approval.decidedAt?.toISOString() ?? null,
  strength: approval.strength,
  digest: approval.digest,
  run: approval.run,
  error: errorView(approval.error),
});

async function list(parts: ApprovalRouteParts, c: RequestContext): Promise<Response> {
  const { userId } = await parts.person(c.req.raw);
  const { status, limit, cursor } = parseInput(listQuery, readParameters(new URL(c.req.url).searchParams));
  const page = await parts.approvals.page({ userId, waiting: status === "pending", limit, before: cursor });
  const view: ApprovalsView = {
    approvals: page.approvals.map((one) => approvalView(one, parts.titles)),
    waiting: page.waiting,
    next: page.next,
  };
  return Response.json(view, { headers: noStore });
}

async function whole(parts: ApprovalRouteParts, c: RequestContext): Promise<Response> {
  const { userId } = await parts.person(c.req.raw);
  const id = c.req.param("id") ?? "";
  const approval = await parts.approvals.find(userId, id);
  const view: WholeApprovalView = {
    ...approvalView(approval, parts.titles),
    arguments: await parts.approvals.argumentsOf(userId, id),
  };
  return Response.json(view, { headers: noStore });
}

/** The person's own browser, on our own page, alone: no bearer is looked at, so no assistant can decide. */
async function decide(parts: ApprovalRouteParts, c: RequestContext): Promise<Response> {
  requireSameOrigin(c.req.raw, parts.baseUrl);
  const principal = await parts.person(c.req.raw);
  const id = c.req.param("id") ?? "";
  await parts.limits.take(DECISIONS, principal.userId);
  // Whose it is comes before what is said of it: a stranger learns nothing from an error.
  await parts.approvals.find(principal.userId, id);
  const { decision, digest, passkey } = await readJson(c, decisionBody);
  const { approval, receiptId } = await parts.approvals.decide({
    principal,
    requestId: c.get("requestId"),
    id,
    decision,
    digest,
    prove: async (stored) => (await parts.requirePresence(c.req.raw, { digest: stored, passkey })).how,
  });
  return Response.json({ approval: approvalView(approval, parts.titles), receiptId }, { headers: noStore });
}

/** What waits for a person, and their decisions. */
export function approvalRoutes(parts: ApprovalRouteParts): Routes {
  const routes = createRoutes();
  routes.get("/api/approvals", (c) => list(parts, c));
  routes.get("/api/approvals/:id", (c) => whole(parts, c));
  routes.post("/api/approvals/:id/decision", (c) => decide(parts, c));
  return routes;
}
