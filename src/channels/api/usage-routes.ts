import { type Routes, createRoutes } from "../../http/router.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Principal } from "../../kernel/principal.ts";
import { noStore } from "./own-action.ts";
import type { UsageView } from "./types.ts";

/** What the route of a person's usage is made from. */
export interface UsageRouteParts {
  /** The person behind the browser session or a bearer. @throws AppError `authentication_required` or `invalid_token`. */
  caller(request: Request): Promise<Principal>;
  usage(userId: string): Promise<UsageView>;
}

/** `GET /api/usage`: what a person has and used, to their browser or to an assistant that may see the profile. */
export function usageRoutes(parts: UsageRouteParts): Routes {
  const routes = createRoutes();
  routes.get("/api/usage", async (c) => {
    const { userId, scopes } = await parts.caller(c.req.raw);
    if (!scopes.has("profile")) {
      throw new AppError("insufficient_scope", "Reading usage needs the scope profile.", {
        details: { scope: "profile" },
      });
    }
    return Response.json(await parts.usage(userId), { headers: noStore });
  });
  return routes;
}
