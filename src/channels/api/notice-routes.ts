import * as z from "zod";
import { readJson } from "../../http/body.ts";
import { type Routes, createRoutes } from "../../http/router.ts";
import { requireSameOrigin } from "../../http/same-origin.ts";
import type { Limit } from "../../kernel/ports/limits.ts";
import { type GuardedActionParts, bodyOf, guardedAction, noStore, ownAction } from "./own-action.ts";
import type { NoticesView } from "./types.ts";

/** What the routes about notices are made from. */
export interface NoticeRouteParts extends GuardedActionParts {
  readonly notices: {
    choices(userId: string): Promise<{
      readonly email: boolean;
      readonly address: string | null;
      readonly browsers: readonly { readonly id: string; readonly label: string; readonly createdAt: Date }[];
      readonly pushKey: string;
    }>;
    /** @throws AppError `unavailable`. */
    tryOut(userId: string): Promise<{ readonly mail: boolean; readonly browsers: number }>;
  };
}

const TRIALS: Limit = { name: "notice-trials", points: 5, seconds: 600 };
/** A person is told of each, and a browser that goes to and fro between two accounts is a new one each time. */
const ADDED: Limit = { name: "notice-browsers", points: 20, seconds: 3600 };

/** A browser's subscription as it gives it (Push API §8.3, `toJSON`), and what to call it. */
const newBrowser = z.object({
  label: z.string(),
  subscription: z.object({ endpoint: z.string(), keys: z.object({ p256dh: z.string(), auth: z.string() }) }),
});
const added = z.object({ browserId: z.string() });

/** How a person is told of what waits for them. */
export function noticeRoutes(parts: NoticeRouteParts): Routes {
  const routes = createRoutes();

  routes.get("/api/notices", async (c) => {
    const { userId } = await parts.person(c.req.raw);
    const { browsers, ...choices } = await parts.notices.choices(userId);
    const view: NoticesView = {
      ...choices,
      browsers: browsers.map(({ id, label, createdAt }) => ({ id, label, createdAt: createdAt.toISOString() })),
    };
    return Response.json(view, { headers: noStore });
  });

  routes.patch("/api/notices", async (c) => {
    const { receiptId } = await guardedAction(parts, c, "set_notices", await bodyOf(c));
    return Response.json({ receiptId }, { headers: noStore });
  });

  routes.post("/api/notices/browsers", async (c) => {
    requireSameOrigin(c.req.raw, parts.baseUrl);
    const { label, subscription } = await readJson(c, newBrowser);
    const { endpoint, keys } = subscription;
    await parts.limits.take(ADDED, (await parts.person(c.req.raw)).userId);
    const { data, receiptId } = await ownAction(parts, c, "add_notice_browser", { label, endpoint, ...keys });
    return Response.json({ receiptId, id: added.parse(data).browserId }, { status: 201, headers: noStore });
  });

  routes.delete("/api/notices/browsers/:id", async (c) => {
    const { receiptId } = await guardedAction(parts, c, "remove_notice_browser", {
      ...(await bodyOf(c)),
      browserId: c.req.param("id"),
    });
    return Response.json({ receiptId }, { headers: noStore });
  });

  routes.post("/api/notices/test", async (c) => {
    requireSameOrigin(c.req.raw, parts.baseUrl);
    const { userId } = await parts.person(c.req.raw);
    await parts.limits.take(TRIALS, userId);
    return Response.json(await parts.notices.tryOut(userId), { headers: noStore });
  });
  return routes;
}
