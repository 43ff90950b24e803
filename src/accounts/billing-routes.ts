import * as z from "zod";
import { parseInput, parseJson, readRaw, textOf } from "../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../http/router.ts";
import type { Database, Handle } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { isUuid } from "../kernel/ids.ts";
import { subscriptionStatuses, type Tiers } from "../kernel/tiers.ts";
import { emailAddress } from "./email-address.ts";
import { moment } from "./moment.ts";
import { privateJson } from "./private-json.ts";
import { noteDelivery } from "./records/billing-deliveries.ts";
import { findUserByEmail } from "./records/roles.ts";
import { holdUser, type NewSubscription, saveSubscription } from "./records/subscriptions.ts";
import { verifyDelivery } from "./signed-delivery.ts";

interface BillingParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly tiers: Tiers;
  /** Empty: this server takes nothing from a billing. */
  readonly secrets: readonly Uint8Array[];
  /** Told whose subscription was written. */
  changed(userId: string): void;
}

const user = z
  .object({ email: emailAddress.optional(), id: z.string().refine(isUuid, "is not an id").optional() })
  .refine(({ email, id }) => (email === undefined) !== (id === undefined), "is named by email or by id, one of them");

/** What is kept of a payment. What else a billing sends of it, such as a card, is not read. */
const payment = z.object({
  amount: z.string().regex(/^\d{1,20}(\.\d{1,9})?$/, "is a decimal number in a string"),
  currency: z.string().regex(/^[A-Za-z]{3,8}$/, "has 3 to 8 letters"),
});

const reference = z.string().min(1).max(200);

const subscriptionEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("subscription.updated"),
    timestamp: moment,
    data: z.object({
      user,
      tier: z.string(),
      status: z.enum(subscriptionStatuses),
      current_period_end: moment.nullable(),
      reference: reference.nullish(),
      payment: payment.nullish(),
    }),
  }),
  z.object({
    type: z.literal("subscription.deleted"),
    timestamp: moment,
    data: z.object({ user, tier: z.string().optional(), reference: reference.nullish() }),
  }),
]);
type SubscriptionEvent = z.output<typeof subscriptionEvent>;

/** A sender's clock may be ahead by as much as a delivery may be old. */
const AHEAD_SECONDS = 300;

/** @throws AppError `invalid_request`: an event of the future would keep out every true one until then. */
function requirePast({ timestamp }: SubscriptionEvent, now: Date): void {
  if (timestamp > after(now, AHEAD_SECONDS)) throw new AppError("invalid_request", "timestamp: lies in the future");
}

/** @throws AppError `invalid_request`, naming what is sold. */
function requireSold(tier: string, tiers: Tiers): string {
  if (tiers.some(({ name }) => name === tier)) return tier;
  const sold = tiers.map(({ name }) => name).join(", ");
  throw new AppError("invalid_request", `data.tier: is no tier of this server; it sells ${sold}`);
}

/** @throws AppError `unknown_user`. What other providers say of an address proves nothing here, so it names nobody. */
async function userIdOf(handle: Handle, { email, id }: SubscriptionEvent["data"]["user"]): Promise<string> {
  const found = email === undefined ? (id ?? null) : await findUserByEmail(handle, email);
  if (found !== null && (await holdUser(handle, found))) return found;
  throw new AppError("unknown_user", "Nobody here has this id, or signs in with this address and a code.");
}

function subscriptionOf(event: SubscriptionEvent, userId: string, tiers: Tiers): NewSubscription {
  const common = { userId, provider: "billing", asOf: event.timestamp };
  if (event.type === "subscription.deleted") {
    const tier = requireSold(event.data.tier ?? tiers[0].name, tiers);
    return { ...common, tier, status: "expired", periodEnd: event.timestamp, payment: null };
  }
  const { tier, status, current_period_end: periodEnd, reference: paidBy, payment: paid } = event.data;
  const made = paidBy ? { reference: paidBy, payload: paid ?? null } : null;
  return { ...common, tier: requireSold(tier, tiers), status, periodEnd, payment: made };
}

/** Takes what a delivery says, once; the newest event wins, in whatever order they come. */
async function take(parts: BillingParts, id: string, event: SubscriptionEvent, now: Date) {
  const taken = await parts.database.transaction(async (handle) => {
    const userId = await userIdOf(handle, event.data.user);
    const row = subscriptionOf(event, userId, parts.tiers);
    if (!(await noteDelivery(handle, id, now))) return { userId, outcome: "duplicate" } as const;
    const saved = await saveSubscription(handle, row, now);
    return { userId, outcome: saved ? "applied" : "outdated" } as const;
  });
  parts.changed(taken.userId);
  return taken.outcome;
}

async function receive(parts: BillingParts, c: RequestContext): Promise<Response> {
  const now = parts.clock();
  const body = await readRaw(c.req.raw);
  const header = (name: string): string | undefined => c.req.header(name);
  const signed = {
    id: header("webhook-id"),
    timestamp: header("webhook-timestamp"),
    signature: header("webhook-signature"),
  };
  const id = verifyDelivery({ ...signed, body }, parts.secrets, now);
  const event = parseInput(subscriptionEvent, parseJson(textOf(body)));
  requirePast(event, now);
  return privateJson({ outcome: await take(parts, id, event, now) }, 200);
}

/** `POST /webhooks/billing`: what people have bought, signed by whoever bills them. */
export function billingRoutes(parts: BillingParts): Routes {
  const routes = createRoutes();
  if (parts.secrets.length > 0) routes.post("/webhooks/billing", (c) => receive(parts, c));
  return routes;
}
