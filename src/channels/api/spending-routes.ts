import * as z from "zod";
import { parseInput } from "../../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { type OwnActionParts, bodyOf, noStore, ownAction } from "./own-action.ts";
import type { PauseView, SpendingView } from "./types.ts";

/** What the routes of spending and pause are made from. */
export interface SpendingRouteParts extends OwnActionParts {
  /** What a person lets assistants spend. */
  spending(userId: string): Promise<SpendingView>;
  /** Since when a person has paused everything; null when they have not. */
  pausedAt(userId: string): Promise<Date | null>;
}

const pauseBody = z.strictObject({ paused: z.boolean() });

/** What a person lets assistants spend, and the pause: thin maps onto the registry. Each answers with how it stands now. */
export function spendingRoutes(parts: SpendingRouteParts): Routes {
  const routes = createRoutes();
  const spendingView = async (c: RequestContext): Promise<Response> => {
    const { userId } = await parts.person(c.req.raw);
    return Response.json(await parts.spending(userId), { headers: noStore });
  };
  const pauseView = async (c: RequestContext): Promise<Response> => {
    const { userId } = await parts.person(c.req.raw);
    const view: PauseView = { pausedAt: (await parts.pausedAt(userId))?.toISOString() ?? null };
    return Response.json(view, { headers: noStore });
  };
  const change = async (c: RequestContext, tool: string, input: Record<string, unknown>): Promise<Response> => {
    await ownAction(parts, c, tool, input);
    return spendingView(c);
  };

  routes.get("/api/spending", spendingView);
  routes.put("/api/spending/caps", async (c) => change(c, "set_spend_caps", await bodyOf(c)));
  routes.patch("/api/spending", async (c) => change(c, "set_recipients_only", await bodyOf(c)));
  routes.post("/api/spending/recipients", async (c) => change(c, "add_recipient", await bodyOf(c)));
  routes.delete("/api/spending/recipients/:recipient", (c) =>
    change(c, "remove_recipient", { recipient: c.req.param("recipient") }),
  );
  routes.get("/api/pause", pauseView);
  routes.put("/api/pause", async (c) => {
    const { paused } = parseInput(pauseBody, await bodyOf(c));
    await ownAction(parts, c, paused ? "pause_everything" : "resume_everything", {});
    return pauseView(c);
  });
  return routes;
}
