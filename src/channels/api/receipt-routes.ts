import { createRoutes, type Routes } from "../../http/router.ts";
import { requireSameOrigin } from "../../http/same-origin.ts";
import { encoded, streamed } from "../../http/streamed.ts";
import type { ReceiptKey } from "../../kernel/checkpoint.ts";
import type { Limit, LimitsPort } from "../../kernel/ports/limits.ts";
import { noStore, type OwnActionParts } from "./own-action.ts";

/** What the routes that prove receipts are made from. */
export interface ReceiptRouteParts extends OwnActionParts {
  readonly limits: LimitsPort;
  readonly clock: () => Date;
  readonly proofs: {
    /** The person's file of receipts, line by line. */
    file(userId: string): Promise<AsyncGenerator<string>>;
    /** What proves one of their receipts. @throws AppError `not_found`. */
    proof(userId: string, receiptId: string): Promise<unknown>;
    /** The public keys that ever signed. */
    keys(): Promise<readonly ReceiptKey[]>;
  };
}

/** Both read much, and may have something signed. */
const EXPORTS: Limit = { name: "receipts-export", points: 10, seconds: 600 };
const PROOFS: Limit = { name: "receipts-proof", points: 60, seconds: 60 };

/** Keys are few and stay for good; a new one signs at once, so a list is asked for anew each time. */
const keysHeaders = { "cache-control": "no-cache", "access-control-allow-origin": "*" };

/** A person's receipts as a file that proves itself, the proof of one, and the keys that anybody may verify with. */
export function receiptRoutes(parts: ReceiptRouteParts): Routes {
  const routes = createRoutes();

  routes.get("/.well-known/bellhop-receipts.json", async () =>
    Response.json({ keys: await parts.proofs.keys() }, { headers: keysHeaders }),
  );

  routes.get("/api/receipts/export", async (c) => {
    // A read, but a costly one: another site's page must not start it in the person's name.
    requireSameOrigin(c.req.raw, parts.baseUrl);
    const { userId } = await parts.person(c.req.raw);
    await parts.limits.take(EXPORTS, userId);
    const day = parts.clock().toISOString().slice(0, 10);
    return new Response(streamed(encoded(await parts.proofs.file(userId))), {
      headers: {
        ...noStore,
        "content-type": "application/jsonl; charset=utf-8",
        "content-disposition": `attachment; filename="bellhop-receipts-${day}.jsonl"`,
      },
    });
  });

  routes.get("/api/receipts/:id/proof", async (c) => {
    const { userId } = await parts.person(c.req.raw);
    await parts.limits.take(PROOFS, userId);
    return Response.json(await parts.proofs.proof(userId, c.req.param("id")), { headers: noStore });
  });
  return routes;
}
