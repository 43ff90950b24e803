import { randomUUID } from "node:crypto";
import { AppError, asAppError } from "../kernel/errors.ts";
import { errorResponse } from "./errors.ts";
import { hostGuard } from "./guards.ts";
import { type Routes, createRoutes } from "./router.ts";

/**
 * The routes that all others are mounted on: they name every request, refuse foreign hosts, and turn every error into
 * its one form.
 * @param report told of what was not foreseen.
 */
export function createOuterRoutes(baseUrl: string, report: (error: AppError, requestId: string) => void): Routes {
  const routes = createRoutes();
  const isSecure = baseUrl.startsWith("https:");
  routes.use(async (c, next) => {
    c.set("requestId", randomUUID());
    await next();
    c.res.headers.set("x-request-id", c.get("requestId"));
    if (!c.res.headers.has("x-content-type-options")) c.res.headers.set("x-content-type-options", "nosniff");
    // Whoever published an https address means it: browsers stay with it (RFC 6797 §6.1). On other hosts than this
    // one, and on plain http, nothing is promised.
    if (isSecure) c.res.headers.set("strict-transport-security", "max-age=31536000");
  });
  routes.use(hostGuard(baseUrl));
  routes.onError((thrown, c) => {
    const error = asAppError(thrown);
    if (error.code === "internal") report(error, c.get("requestId"));
    return errorResponse(c, error);
  });
  routes.notFound((c) => errorResponse(c, new AppError("not_found", "There is nothing at this address.")));
  return routes;
}
