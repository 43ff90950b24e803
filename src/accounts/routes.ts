import * as z from "zod";
import { readJson } from "../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../http/router.ts";
import { requireSameOrigin } from "../http/same-origin.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { IdentityProvider, VerifiedIdentity } from "../kernel/ports/identity.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import { emailAddress } from "./email-address.ts";
import type { EmailIdentity } from "./email-identity.ts";
import { privateJson } from "./private-json.ts";
import { type Way, waysIn } from "./proofs.ts";
import type { User, UserIdentity } from "./records/users.ts";
import type { Sessions } from "./sessions.ts";
import { proofsFromClient } from "./sign-in-limits.ts";

interface RouteParts {
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly limits: LimitsPort;
  readonly localMailbox: boolean;
  readonly email: EmailIdentity;
  readonly providers: readonly IdentityProvider[];
  readonly sessions: Sessions;
  clientAddress(c: RequestContext): string;
  user(userId: string): Promise<User | null>;
  /** @throws AppError `identity_taken`. */
  addIdentity(userId: string, identity: VerifiedIdentity): Promise<UserIdentity>;
}

const signedOut = (): AppError => new AppError("authentication_required", "You are not signed in.");

/**
 * Signing in and out, and adding identities, as the browser does it. Every write is JSON from our own page, so no
 * other site can sign a person in, out, or to someone else's account.
 */
export function accountRoutes(parts: RouteParts): Routes {
  const { sessions, email, providers } = parts;
  const routes = createRoutes();
  const ownPage = (c: RequestContext): void => requireSameOrigin(c.req.raw, parts.baseUrl);
  const userIdOf = async (c: RequestContext): Promise<string> => {
    const userId = await sessions.userOf(c.req.raw);
    if (userId === null) throw signedOut();
    return userId;
  };
  const proveBy = async (c: RequestContext, way: Way): Promise<VerifiedIdentity> => {
    await parts.limits.take(proofsFromClient, parts.clientAddress(c));
    return way.provider.verify(await readJson(c, way.proof), parts.clock());
  };

  routes.get("/api/sign-in", () => {
    const options = [email, ...providers].map(({ id, title }) => ({ id, title }));
    return privateJson({ providers: options, localMailbox: parts.localMailbox }, 200);
  });

  routes.post("/api/sign-in/email", async (c) => {
    ownPage(c);
    const asked = await readJson(c, z.object({ email: emailAddress }));
    return privateJson(await email.begin(asked.email, parts.clientAddress(c)), 202);
  });

  for (const way of waysIn(email, providers)) {
    routes.post(`/api/sign-in/${way.path}`, async (c) => {
      ownPage(c);
      const identity = await proveBy(c, way);
      const { userId, cookie } = await sessions.start(c.req.raw, identity);
      return privateJson({ user: await parts.user(userId) }, 200, cookie);
    });

    routes.post(`/api/identities/${way.path}`, async (c) => {
      ownPage(c);
      const userId = await userIdOf(c);
      const identity = await proveBy(c, way);
      return privateJson({ identity: await parts.addIdentity(userId, identity) }, 201);
    });
  }

  routes.get("/api/session", async (c) => {
    const cookie = await sessions.slide(c.req.raw);
    return privateJson({ user: await parts.user(await userIdOf(c)) }, 200, cookie);
  });

  routes.delete("/api/session", async (c) => {
    ownPage(c);
    const cookie = await sessions.end(c.req.raw);
    return new Response(null, { status: 204, headers: { "set-cookie": cookie, "cache-control": "no-store" } });
  });
  return routes;
}
