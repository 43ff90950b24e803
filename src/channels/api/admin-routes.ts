import * as z from "zod";
import { parseInput, readParameters } from "../../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { AppError } from "../../kernel/errors.ts";
import { type GuardedActionParts, bodyOf, guardedAction, noStore, ownAction } from "./own-action.ts";

type Input = Record<string, unknown>;

const pauseBody = z.strictObject({ paused: z.boolean(), passkey: z.unknown().optional() });

/** The published names of administrators' routes, mapped onto the registry, which decides who may use them. */
export function adminRoutes(parts: GuardedActionParts): Routes {
  const routes = createRoutes();
  const query = (c: RequestContext): Input => readParameters(new URL(c.req.url).searchParams);
  const list = (path: string, tool: string): void => {
    routes.get(path, async (c) => {
      const { data } = await ownAction(parts, c, tool, query(c));
      return Response.json(data, { headers: noStore });
    });
  };
  const act = async (c: RequestContext, tool: string, input: Input): Promise<Response> => {
    const { receiptId } = await guardedAction(parts, c, tool, input);
    return Response.json({ receiptId }, { headers: noStore });
  };
  /** `{disabled: true|false}` cuts off or restores; the tool refuses what is neither. */
  const cut = (path: string, member: string, cutOff: string, restore: string): void => {
    routes.patch(path, async (c) => {
      const { disabled = null, ...rest } = await bodyOf(c);
      const named = { ...rest, [member]: c.req.param("id") };
      if (typeof disabled !== "boolean") return act(c, cutOff, { ...named, disabled });
      return act(c, disabled ? cutOff : restore, named);
    });
  };
  const id = (c: RequestContext): string => c.req.param("id") ?? "";

  list("/api/admin/grants", "list_links");
  list("/api/admin/clients", "list_clients");
  list("/api/admin/users", "list_users");
  list("/api/admin/channels", "list_channels");
  list("/api/admin/link-attempts", "list_link_attempts");
  routes.delete("/api/admin/grants/:id", (c) => act(c, "revoke_link", { grantId: id(c) }));
  cut("/api/admin/clients/:id", "clientId", "cut_off_client", "restore_client");
  cut("/api/admin/users/:id", "userId", "cut_off_user", "restore_user");
  routes.put("/api/admin/users/:id/tier", async (c) => act(c, "set_tier", { ...(await bodyOf(c)), userId: id(c) }));
  routes.put("/api/admin/users/:id/pause", async (c) => {
    const body = await bodyOf(c);
    const { paused, ...rest } = body;
    if (typeof paused === "boolean")
      return act(c, paused ? "pause_person" : "resume_person", { ...rest, userId: id(c) });
    // No tool takes it. The door asks for the role first: nobody else is told what a body has to be.
    return act(c, "pause_person", { ...body, userId: id(c), paused: null }).catch((error: unknown) => {
      if (error instanceof AppError && error.code === "invalid_input") parseInput(pauseBody, body);
      throw error;
    });
  });
  const bundleOf = (c: RequestContext): Input => ({ userId: id(c), bundle: c.req.param("bundle") });
  routes.put("/api/admin/users/:id/bundles/:bundle", async (c) =>
    act(c, "grant_bundle", { ...(await bodyOf(c)), ...bundleOf(c) }),
  );
  routes.delete("/api/admin/users/:id/bundles/:bundle", (c) => act(c, "revoke_bundle", bundleOf(c)));
  routes.patch("/api/admin/channels", async (c) => act(c, "set_channel", await bodyOf(c)));
  for (const path of ["/api/admin/clients/:id", "/oauth/clients/:id"])
    routes.delete(path, (c) => act(c, "delete_client", { clientId: id(c) }));
  return routes;
}
