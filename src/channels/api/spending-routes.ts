import * as z from "zod";
import { parseInput } from "../../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { type GuardedActionParts, bodyOf, guardedAction, noStore, ownAction } from "./own-action.ts";
import type { PauseView, SpendingView } from "./types.ts";

/** What the routes of spending and pause are made from. */
export interface SpendingRouteParts extends GuardedActionParts {
  /** What a person lets assistants spend. */
  spending(userId: string): Promise<SpendingView>;
  /** Since when a person has paused everything, and the operator has for them; null where they have not. */
  pauses(userId: string): Promise<{ readonly person: Date | null; readonly operator: Date | null }>;
}

const pauseBody = z.strictObject({ paused: z.boolean(), passkey: z.unknown().optional() });

/**
 * What a person lets assistants spend, and the pause: thin maps onto the registry. Each change answers with how it stands
 * now, and with its receipt. What takes a protection away needs a proof that the person is there; the member `passkey` of
 * its body is one.
 */
export function spendingRoutes(parts: SpendingRouteParts): Routes {
  const routes = createRoutes();
  type Changed = { readonly receiptId: string };
  const spendingView = async (c: RequestContext, changed?: Changed): Promise<Response> => {
    const { userId } = await parts.person(c.req.raw);
    return Response.json({ ...(await parts.spending(userId)), ...changed }, { headers: noStore });
  };
  const pauseView = async (c: RequestContext, changed?: Changed): Promise<Response> => {
    const { userId } = await parts.person(c.req.raw);
    const { person, operator } = await parts.pauses(userId);
    const view: PauseView = {
      pausedAt: person?.toISOString() ?? null,
      operatorPausedAt: operator?.toISOString() ?? null,
    };
    return Response.json({ ...view, ...changed }, { headers: noStore });
  };
  const change = async (c: RequestContext, tool: string, input: Record<string, unknown>): Promise<Response> => {
    const { receiptId } = await guardedAction(parts, c, tool, input);
    return spendingView(c, { receiptId });
  };

  routes.get("/api/spending", (c) => spendingView(c));
  routes.put("/api/spending/caps", async (c) => change(c, "set_spend_caps", await bodyOf(c)));
  routes.patch("/api/spending", async (c) => change(c, "set_recipients_only", await bodyOf(c)));
  routes.post("/api/spending/recipients", async (c) => change(c, "add_recipient", await bodyOf(c)));
  routes.delete("/api/spending/recipients/:recipient", (c) =>
    change(c, "remove_recipient", { recipient: c.req.param("recipient") }),
  );
  routes.get("/api/pause", (c) => pauseView(c));
  routes.put("/api/pause", async (c) => {
    const { paused, passkey } = parseInput(pauseBody, await bodyOf(c));
    const { receiptId } = paused
      ? await ownAction(parts, c, "pause_everything", {})
      : await guardedAction(parts, c, "resume_everything", { passkey });
    return pauseView(c, { receiptId });
  });
  return routes;
}
