import { requireSameOrigin } from "../../src/http/same-origin.ts";
import type { Routes } from "../../src/http/router.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { inMinutes } from "./samples.ts";
import { type World, ownJson, userOf } from "./world.ts";

const listOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : []);

/** The address that a code proves. @throws AppError `invalid_code`. */
function provenAddress(world: World, { challenge, code }: Record<string, unknown>): string {
  const sent = world.codes.at(-1);
  if (!sent || challenge !== `challenge-${world.codes.length}` || code !== sent.code)
    throw new AppError("invalid_code", "This code is wrong, used, or no longer valid.");
  return sent.email;
}

/** Signing in and out, by each way. */
export function signInRoutes(world: World, routes: Routes, baseUrl: string): void {
  routes.get("/api/sign-in", () => {
    const { providers, localMailbox, humanCheck } = world;
    return Response.json({ providers, localMailbox, humanCheck });
  });
  routes.post("/api/sign-in/email", async (c) => {
    const { email, ...asked } = await ownJson(c, baseUrl);
    world.asked.push(asked);
    if (world.humanCheck !== null && asked["human"] === undefined)
      throw new AppError("human_check_failed", "We could not tell that you are a person.");
    world.codes.push({ email: String(email), code: String(424_240 + world.codes.length + 1) });
    return Response.json({ challenge: `challenge-${world.codes.length}`, expiresAt: inMinutes(10) }, { status: 202 });
  });
  routes.post("/api/sign-in/email/verify", async (c) => {
    world.person = provenAddress(world, await ownJson(c, baseUrl));
    world.approvals.fresh = true;
    return Response.json({ user: userOf(world) });
  });
  routes.on("POST", ["/api/sign-in/redirect", "/api/identities/redirect"], async (c) => {
    world.asked.push(await ownJson(c, baseUrl));
    return Response.json({ location: world.redirectUri });
  });
  routes.post("/api/identities/privy", async (c) => {
    await ownJson(c, baseUrl);
    const identity = {
      id: "i9",
      issuer: "privy.io",
      label: "Privy account …123456",
      createdAt: "2026-11-21T08:00:00.000Z",
    };
    world.identities.push(identity);
    return Response.json({ identity }, { status: 201 });
  });
  routes.post("/api/sign-in/privy", async (c) => {
    const { token } = await ownJson(c, baseUrl);
    if (token !== "a token of Privy's") throw new AppError("invalid_token", "This Privy sign-in is not valid.");
    world.person = "Privy account …123456";
    return Response.json({ user: userOf(world) });
  });
  routes.get("/api/session", () => Response.json({ user: userOf(world) }));
  routes.delete("/api/session", (c) => {
    requireSameOrigin(c.req.raw, baseUrl);
    world.person = null;
    return new Response(null, { status: 204 });
  });
}

const nothing = (): Response => new Response(null, { status: 204 });

/** What a person does with their own account. */
export function accountRoutes(world: World, routes: Routes, baseUrl: string): void {
  routes.patch("/api/profile", async (c) => {
    const { displayName } = await ownJson(c, baseUrl);
    world.displayName = typeof displayName === "string" ? displayName : null;
    return Response.json({ user: userOf(world) });
  });
  routes.post("/api/identities/email/verify", async (c) => {
    const label = provenAddress(world, await ownJson(c, baseUrl));
    if (label === "taken@example.com")
      throw new AppError("identity_taken", "Another account signs in with that address.");
    const identity = { id: `i${world.identities.length + 2}`, issuer: "email", label, createdAt: inMinutes(0) };
    world.identities = [...listOf(userOf(world)["identities"]), identity];
    return Response.json({ identity }, { status: 201 });
  });
  routes.delete("/api/identities/:id", (c) => {
    requireSameOrigin(c.req.raw, baseUrl);
    world.identities = world.identities.filter(({ id }) => id !== c.req.param("id"));
    return nothing();
  });
  routes.post("/api/sign-out-everywhere", async (c) => {
    if ((await ownJson(c, baseUrl))["links"] === true) world.grants = [];
    world.person = null;
    return nothing();
  });
  routes.get("/api/export", () => {
    userOf(world);
    const headers = { "content-disposition": 'attachment; filename="bellhop-export-2026-11-21.json"' };
    return Response.json(world.exported, { headers });
  });
  routes.delete("/api/account", async (c) => {
    const { confirm } = await ownJson(c, baseUrl);
    if (String(confirm).toLowerCase() !== world.person)
      throw new AppError("invalid_input", "That is not the name of this account.");
    world.person = null;
    return nothing();
  });
}
