import * as z from "zod";
import { parseInput, readParameters } from "../../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { isUuid } from "../../kernel/ids.ts";
import { type OwnActionParts, bodyOf, noStore, ownAction } from "./own-action.ts";
import type { IntentView, IntentsView } from "./types.ts";

/** An intent as its owner lists it. */
interface ListedIntent extends Omit<IntentView, "context" | "createdAt" | "archivedAt"> {
  readonly quote: string;
  readonly before: string;
  readonly after: string;
  readonly createdAt: Date;
  readonly archivedAt: Date | null;
}

/** What the routes of intents are made from. */
export interface IntentRouteParts extends OwnActionParts {
  intents(
    userId: string,
    query: { archived: boolean; words?: string | undefined; limit: number; before?: string | undefined },
  ): Promise<readonly ListedIntent[]>;
}

const intentsQuery = z.object({
  archived: z.enum(["true", "false"]).default("false"),
  q: z.string().trim().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().refine(isUuid, "is not a cursor from a page before").optional(),
});

const intentView = ({ quote, before, after, createdAt, archivedAt, ...intent }: ListedIntent): IntentView => ({
  id: intent.id,
  payload: intent.payload,
  summary: intent.summary,
  engine: intent.engine,
  section: intent.section,
  context: { before, quote, after },
  createdAt: createdAt.toISOString(),
  archivedAt: archivedAt?.toISOString() ?? null,
});

async function list(parts: IntentRouteParts, c: RequestContext): Promise<Response> {
  const { userId } = await parts.person(c.req.raw);
  const query = parseInput(intentsQuery, readParameters(new URL(c.req.url).searchParams));
  const found = await parts.intents(userId, {
    archived: query.archived === "true",
    words: query.q || undefined,
    limit: query.limit + 1,
    before: query.cursor,
  });
  const shown = found.slice(0, query.limit);
  const view: IntentsView = {
    intents: shown.map(intentView),
    next: found.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
  };
  return Response.json(view, { headers: noStore });
}

/** A person's own intents: read, put in other words, archive, take back. */
export function intentRoutes(parts: IntentRouteParts): Routes {
  const routes = createRoutes();
  const act = (c: RequestContext, name: string, input: Record<string, unknown>) =>
    ownAction(parts, c, name, { ...input, intentId: c.req.param("id") });
  const archive = async (c: RequestContext, undo: boolean): Promise<Response> => {
    const { receiptId } = await act(c, "archive_intent", { undo });
    return Response.json({ receiptId }, { headers: noStore });
  };
  routes.get("/api/intents", (c) => list(parts, c));
  routes.patch("/api/intents/:id", async (c) => {
    const { data, receiptId } = await act(c, "edit_intent", await bodyOf(c));
    return Response.json({ intent: data, receiptId }, { headers: noStore });
  });
  routes.delete("/api/intents/:id", (c) => archive(c, false));
  routes.post("/api/intents/:id/restore", (c) => archive(c, true));
  return routes;
}
