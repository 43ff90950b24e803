import type { RequestContext, Routes } from "../../src/http/router.ts";
import { AppError } from "../../src/kernel/errors.ts";

type Members = Record<string, unknown>;

/** What the administrators' part of the API knows. */
export interface AdminWorld {
  /** Whether the signed-in person is one. */
  isAdmin: boolean;
  links: Members[];
  clients: Members[];
  users: Members[];
  channels: Members[];
  attempts: Members[];
  /** What was asked to be done, as `METHOD path {body}`. */
  readonly done: string[];
}

/** What the API knows of links. */
interface LinksWorld {
  grants: Members[];
  attempts: Members[];
  readonly admin: AdminWorld;
}

export const newAdminWorld = (): AdminWorld => ({
  isAdmin: false,
  links: [],
  clients: [],
  users: [],
  channels: [],
  attempts: [],
  done: [],
});

const PROOF = "01939f00-0000-7000-9000-00000000beef";
const PAGE = 25;

const textsIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A page of what holds the words and all named members; a cursor counts what came before. */
function pageOf(c: RequestContext, all: readonly Members[], members: readonly string[] = []) {
  const words = (c.req.query("q") ?? "").toLowerCase();
  const among = all.filter(
    (item) =>
      JSON.stringify(item).toLowerCase().includes(words) &&
      members.every((name) => (c.req.query(name) ?? item[name]) === item[name]),
  );
  const start = Number(c.req.query("cursor") ?? 0);
  const next = start + PAGE < among.length ? String(start + PAGE) : null;
  return { page: among.slice(start, start + PAGE), next };
}

/** What a person sees and narrows of their own links. */
function ownRoutes(world: LinksWorld, routes: Routes, jsonOf: (c: RequestContext) => Promise<Members>): void {
  routes.get("/api/link-attempts", () => Response.json({ attempts: world.attempts }));
  routes.patch("/api/grants/:id", async (c) => {
    const kept = textsIn((await jsonOf(c))["scopes"]);
    world.grants = world.grants.map((grant) =>
      grant["id"] === c.req.param("id")
        ? {
            ...grant,
            permissions: textsIn(grant["permissions"]).filter((one) =>
              kept.some((name) => JSON.stringify(one).includes(`"${String(name)}"`)),
            ),
          }
        : grant,
    );
    return Response.json({ receiptId: PROOF, scopes: kept });
  });
}

/** Links, their clients, their people, their channels and their attempts. */
export function linkRoutes(world: LinksWorld, routes: Routes, jsonOf: (c: RequestContext) => Promise<Members>): void {
  const { admin } = world;
  routes.use("/api/admin/*", async (_c, next) => {
    if (!admin.isAdmin) throw new AppError("role_required", "All links is for administrators of this server.");
    await next();
  });
  ownRoutes(world, routes, jsonOf);
  const list = (path: string, name: "links" | "clients" | "users" | "attempts", ...members: string[]): void => {
    routes.get(path, (c) => {
      const { page, next } = pageOf(c, admin[name], members);
      return Response.json({ [name]: page, next });
    });
  };
  list("/api/admin/grants", "links", "clientId", "channel");
  list("/api/admin/clients", "clients");
  list("/api/admin/users", "users");
  list("/api/admin/link-attempts", "attempts", "state");
  routes.get("/api/admin/channels", () => Response.json({ channels: admin.channels }));
  const noted = (c: RequestContext, body: unknown): Response => {
    admin.done.push(`${c.req.method} ${decodeURIComponent(c.req.path)} ${JSON.stringify(body)}`);
    return Response.json({ receiptId: PROOF });
  };
  const change = (name: "clients" | "users", member: string) => async (c: RequestContext) => {
    const body = await jsonOf(c);
    const at = body["disabled"] === true ? new Date().toISOString() : null;
    admin[name] = admin[name].map((item) => (item["id"] === c.req.param("id") ? { ...item, [member]: at } : item));
    return noted(c, body);
  };
  routes.patch("/api/admin/clients/:id", change("clients", "disabledAt"));
  routes.patch("/api/admin/users/:id", change("users", "cutOffAt"));
  const changeUser = (c: RequestContext, changed: (user: Members) => Members): void => {
    admin.users = admin.users.map((user) => (user["id"] === c.req.param("id") ? { ...user, ...changed(user) } : user));
  };
  routes.put("/api/admin/users/:id/pause", async (c) => {
    const body = await jsonOf(c);
    changeUser(c, () => ({ pausedAt: body["paused"] === true ? new Date().toISOString() : null }));
    return noted(c, body);
  });
  const bundlesOf = (user: Members): Members[] => (Array.isArray(user["bundles"]) ? user["bundles"] : []);
  routes.put("/api/admin/users/:id/bundles/:bundle", async (c) => {
    const body = await jsonOf(c);
    const given = { bundle: c.req.param("bundle"), until: body["until"] };
    changeUser(c, (user) => ({ bundles: [...bundlesOf(user), given] }));
    return noted(c, body);
  });
  routes.delete("/api/admin/users/:id/bundles/:bundle", (c) => {
    const kept = (user: Members) => bundlesOf(user).filter(({ bundle }) => bundle !== c.req.param("bundle"));
    changeUser(c, (user) => ({ bundles: kept(user) }));
    return noted(c, {});
  });
  const remove = (name: "links" | "clients") => (c: RequestContext) => {
    admin[name] = admin[name].filter(({ id }) => id !== c.req.param("id"));
    return noted(c, {});
  };
  routes.delete("/api/admin/grants/:id", remove("links"));
  routes.delete("/api/admin/clients/:id", remove("clients"));
  routes.patch("/api/admin/channels", async (c) => {
    const body = await jsonOf(c);
    const { channel, enabled, userId } = body;
    if (userId === undefined)
      admin.channels = admin.channels.map((one) => (one["channel"] === channel ? { ...one, enabled } : one));
    else
      admin.users = admin.users.map((user) =>
        user["id"] === userId ? { ...user, channels: enabled === null ? [] : [{ channel, enabled }] } : user,
      );
    return noted(c, body);
  });
}
