import * as z from "zod";
import { parseInput, readParameters } from "../../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { requireSameOrigin } from "../../http/same-origin.ts";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import type { Invoke } from "../../kernel/invoke.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Receipt } from "../../kernel/receipt.ts";
import { type EventStreamParts, eventStream } from "./event-stream.ts";
import { receiptView } from "./receipt-view.ts";
import type { GrantView, ReceiptsView } from "./types.ts";

/** What the published REST routes are made from. */
export interface ApiChannelParts {
  readonly baseUrl: string;
  readonly environment: string;
  readonly clock: () => Date;
  readonly invoke: Invoke;
  /** The person behind the browser session. @throws AppError `authentication_required`. */
  person(request: Request): Promise<Principal>;
  /** The person behind the browser session or a bearer. @throws AppError `authentication_required` or `invalid_token`. */
  caller(request: Request): Promise<Principal>;
  receipts(query: { userId: string; limit: number; before?: string | undefined; tool?: string | undefined }): Promise<{
    receipts: readonly Receipt[];
    next: string | null;
  }>;
  grants(userId: string): Promise<readonly GrantView[]>;
  readonly watch: EventStreamParts["watch"];
  /** Throws while the server cannot serve. */
  ready(): Promise<void>;
}

const receiptsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().refine(isUuid, "is not a cursor from a page before").optional(),
  tool: z.string().max(128).optional(),
});

const noStore = { "cache-control": "no-store" };

/** `GET /receipts`: a person's own receipts, to their browser or to an assistant that may see the profile. */
async function getReceipts(parts: ApiChannelParts, c: RequestContext): Promise<Response> {
  const principal = await parts.caller(c.req.raw);
  if (!principal.scopes.has("profile")) {
    throw new AppError("insufficient_scope", "Reading receipts needs the scope profile.", {
      details: { scope: "profile" },
    });
  }
  const query = parseInput(receiptsQuery, readParameters(new URL(c.req.url).searchParams));
  const page = await parts.receipts({
    userId: principal.userId,
    limit: query.limit,
    before: query.cursor,
    tool: query.tool,
  });
  const view: ReceiptsView = { receipts: page.receipts.map(receiptView), next: page.next };
  return Response.json(view, { headers: noStore });
}

/** `DELETE /api/grants/:id`: the registry's own action, so that it leaves a receipt like any call. */
async function revokeGrant(parts: ApiChannelParts, c: RequestContext): Promise<Response> {
  requireSameOrigin(c.req.raw, parts.baseUrl);
  const principal = await parts.person(c.req.raw);
  const result = await parts.invoke({
    name: "revoke_grant",
    input: { grantId: c.req.param("id") },
    principal,
    requestId: c.get("requestId"),
    signal: c.req.raw.signal,
  });
  if (!result.ok) throw result.error;
  return Response.json({ receiptId: result.receiptId }, { headers: noStore });
}

/** The REST routes that people and their own tools use. */
export function createApiChannel(parts: ApiChannelParts): Routes {
  const routes = createRoutes();
  routes.get("/health", async () => {
    await parts.ready();
    const health = { status: "ok", timestamp: parts.clock().toISOString(), environment: parts.environment };
    return Response.json(health, { headers: noStore });
  });
  routes.get("/receipts", (c) => getReceipts(parts, c));
  routes.get("/api/events", async (c) => {
    const { userId } = await parts.person(c.req.raw);
    const stillSignedIn = (): Promise<boolean> =>
      parts.person(c.req.raw).then(
        (principal) => principal.userId === userId,
        () => false,
      );
    return eventStream({ watch: parts.watch, stillSignedIn }, userId, c.req.raw);
  });
  routes.get("/api/grants", async (c) => {
    const principal = await parts.person(c.req.raw);
    return Response.json({ grants: await parts.grants(principal.userId) }, { headers: noStore });
  });
  routes.delete("/api/grants/:id", (c) => revokeGrant(parts, c));
  return routes;
}
