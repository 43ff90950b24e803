import { type Routes, createRoutes } from "../../http/router.ts";
import type { Json } from "../../kernel/json.ts";
import { type OwnActionParts, bodyOf, noStore, ownAction } from "./own-action.ts";

/** What the account's routes are made from. */
export interface AccountRouteParts extends OwnActionParts {
  /** All that is kept of a person. */
  exportOf(userId: string): Promise<Json>;
  /** The user as `GET /api/session` gives it. */
  user(userId: string): Promise<unknown>;
  /** The `Set-Cookie` of a browser whose session has ended. */
  signedOutCookie(): string;
  readonly clock: () => Date;
}

/** What a person does with their own account: thin maps onto the registry, and the export. */
export function accountRoutes(parts: AccountRouteParts): Routes {
  const routes = createRoutes();
  const signedOut = (): Response =>
    new Response(null, { status: 204, headers: { ...noStore, "set-cookie": parts.signedOutCookie() } });

  routes.patch("/api/profile", async (c) => {
    await ownAction(parts, c, "update_profile", await bodyOf(c));
    const { userId } = await parts.person(c.req.raw);
    return Response.json({ user: await parts.user(userId) }, { headers: noStore });
  });

  routes.delete("/api/identities/:id", async (c) => {
    await ownAction(parts, c, "remove_identity", { identityId: c.req.param("id") });
    return new Response(null, { status: 204, headers: noStore });
  });

  routes.post("/api/sign-out-everywhere", async (c) => {
    await ownAction(parts, c, "sign_out_everywhere", {});
    return signedOut();
  });

  routes.delete("/api/account", async (c) => {
    await ownAction(parts, c, "delete_account", await bodyOf(c));
    return signedOut();
  });

  routes.get("/api/export", async (c) => {
    const { userId } = await parts.person(c.req.raw);
    const day = parts.clock().toISOString().slice(0, 10);
    return new Response(JSON.stringify(await parts.exportOf(userId), null, 2), {
      headers: {
        ...noStore,
        "content-type": "application/json; charset=utf-8",
        "content-disposition": `attachment; filename="bellhop-export-${day}.json"`,
      },
    });
  });
  return routes;
}
