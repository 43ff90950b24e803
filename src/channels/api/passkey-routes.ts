import * as z from "zod";
import { readJson } from "../../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { requireSameOrigin } from "../../http/same-origin.ts";
import type { Limit } from "../../kernel/ports/limits.ts";
import { bodyOf, guardedAction, type GuardedActionParts, noStore, ownAction, PASSKEY_ANSWERS } from "./own-action.ts";
import type { PasskeysView } from "./types.ts";

/** What the routes of passkeys are made from. */
export interface PasskeyRouteParts extends GuardedActionParts {
  readonly passkeys: {
    list(userId: string): Promise<
      readonly {
        readonly id: string;
        readonly label: string;
        readonly createdAt: Date;
        readonly lastUsedAt: Date | null;
      }[]
    >;
    /** @throws AppError `fresh_sign_in_required`, `passkey_refused`. */
    registration(request: Request, passkey?: unknown): Promise<object>;
    /** The new credential, sealed for the action `add_passkey`. @throws AppError `passkey_refused`. */
    verified(request: Request, answer: unknown): Promise<string>;
    /** @throws AppError `not_found` when the person has none. */
    decision(userId: string, digest: string): Promise<object>;
  };
}

/** Challenges that a person is given: enough for anyone who tries again, too few to fill a table. */
const CHALLENGES: Limit = { name: "passkey-challenges", points: 60, seconds: 600 };

/** An answer is read as a whole by who verifies it. */
const withPasskey = z.object({ passkey: z.unknown().optional() });
const digest = z.string().regex(/^[\w:-]{1,200}$/, "is not a digest");
const challengeBody = z.object({ digest });
/** Looked at before the credential: one that is verified and then not stored is of no use to the person. */
const newPasskey = z.object({ label: z.string().trim().min(1).max(80), credential: z.unknown() });
const newLabel = newPasskey.pick({ label: true });
const added = z.object({ passkeyId: z.string() });

/** A JSON body, or none. */
const optionalBody = (c: RequestContext) =>
  c.req.header("content-type") === undefined ? Promise.resolve({ passkey: undefined }) : readJson(c, withPasskey);

/** A person's passkeys. What is verified is verified here; what changes goes through the registry and leaves a receipt. */
export function passkeyRoutes(parts: PasskeyRouteParts): Routes {
  const { passkeys, limits } = parts;
  const routes = createRoutes();
  /** The person behind the browser session, on our own page. */
  const userIdOf = async (c: RequestContext, limit: Limit): Promise<string> => {
    requireSameOrigin(c.req.raw, parts.baseUrl);
    const { userId } = await parts.person(c.req.raw);
    await limits.take(limit, userId);
    return userId;
  };

  routes.get("/api/passkeys", async (c) => {
    const { userId } = await parts.person(c.req.raw);
    const view: PasskeysView = {
      passkeys: (await passkeys.list(userId)).map(({ id, label, createdAt, lastUsedAt }) => ({
        id,
        label,
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt?.toISOString() ?? null,
      })),
    };
    return Response.json(view, { headers: noStore });
  });

  routes.post("/api/passkeys/options", async (c) => {
    await userIdOf(c, CHALLENGES);
    const { passkey } = await optionalBody(c);
    return Response.json(await passkeys.registration(c.req.raw, passkey), { headers: noStore });
  });

  routes.post("/api/passkeys/challenge", async (c) => {
    const userId = await userIdOf(c, CHALLENGES);
    const asked = await readJson(c, challengeBody);
    return Response.json(await passkeys.decision(userId, asked.digest), { headers: noStore });
  });

  routes.post("/api/passkeys", async (c) => {
    await userIdOf(c, PASSKEY_ANSWERS);
    const { label, credential } = await readJson(c, newPasskey);
    const verified = await passkeys.verified(c.req.raw, credential);
    const { data, receiptId } = await ownAction(parts, c, "add_passkey", { label, credential: verified });
    return Response.json({ receiptId, id: added.parse(data).passkeyId }, { status: 201, headers: noStore });
  });

  routes.patch("/api/passkeys/:id", async (c) => {
    const { label } = await readJson(c, newLabel);
    const { receiptId } = await ownAction(parts, c, "rename_passkey", { passkeyId: c.req.param("id"), label });
    return Response.json({ receiptId }, { headers: noStore });
  });

  routes.delete("/api/passkeys/:id", async (c) => {
    const input = { ...(await bodyOf(c)), passkeyId: c.req.param("id") };
    const { receiptId } = await guardedAction(parts, c, "remove_passkey", input);
    return Response.json({ receiptId }, { headers: noStore });
  });
  return routes;
}
