import assert from "node:assert/strict";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { TestContext } from "node:test";
import { Webhook } from "standardwebhooks";
import { setClock, type SetClock } from "../../test/accounts/server.ts";
import { eachEngine } from "../../test/database.ts";
import type { Database } from "../database/handle.ts";
import { createOuterRoutes } from "../http/outer-routes.ts";
import { listen } from "../http/server.ts";
import type { Tiers } from "../kernel/tiers.ts";
import { openEntitlements } from "./entitlements.ts";
import { migrations } from "./migrations/index.ts";
import { findSubscription } from "./records/subscriptions.ts";
import { signInUser } from "./records/users.ts";

const TIERS: Tiers = [
  { name: "free", title: "Free", callsPerMinute: 60, perDay: {}, bundles: [] },
  { name: "pro", title: "Pro", callsPerMinute: 0, perDay: {}, bundles: [] },
];
const secret = (): string => `whsec_${randomBytes(32).toString("base64")}`;
const keyOf = (text: string): Buffer => Buffer.from(text.slice("whsec_".length), "base64");

/** How a delivery is sent: all of it is right where nothing is said. */
interface Sending {
  readonly id?: string;
  readonly at?: Date;
  readonly secrets?: readonly string[];
  readonly headers?: Record<string, string>;
  /** What is sent in the place of what was signed. */
  readonly altered?: (body: string) => string;
}

/** The room behind real HTTP; the deliveries are signed by the reference library of Standard Webhooks. */
async function open(t: TestContext, database: Database, secrets: readonly string[]) {
  const clock: SetClock = setClock();
  const entitlements = await openEntitlements({
    database,
    clock,
    tiers: TIERS,
    upgradeUrl: "https://shop.example/plans",
    billingSecrets: secrets.map(keyOf),
  });
  const faults: unknown[] = [];
  const routes = createOuterRoutes("http://localhost", (error) => void faults.push(error));
  routes.route("/", entitlements.routes);
  const server = await listen(routes, "127.0.0.1", 0);
  t.after(() => server.close(0));

  async function send(event: unknown, { id = randomUUID(), at = clock(), headers, altered, ...rest }: Sending = {}) {
    const body = typeof event === "string" ? event : JSON.stringify(event);
    const signature = (rest.secrets ?? secrets.slice(0, 1)).map((one) => new Webhook(one).sign(id, at, body)).join(" ");
    const signed = {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": signature,
    };
    const response = await fetch(`http://127.0.0.1:${server.port}/webhooks/billing`, {
      method: "POST",
      headers: { "content-type": "application/json", ...signed, ...headers },
      body: altered ? altered(body) : body,
    });
    const answer: unknown = await response.json();
    const { outcome, error } = Object(answer);
    return `${response.status} ${outcome ?? error}`;
  }

  const email = `${randomUUID()}@example.com`;
  const userId = await database.transaction((handle) =>
    signInUser(handle, { issuer: "email", subject: email, label: email }, clock()),
  );
  const tier = async (): Promise<string> => (await entitlements.standingOf(userId, clock())).tier.name;
  return { clock, entitlements, faults, send, email, userId, tier };
}

const inDays = (now: Date, days: number): Date => new Date(now.getTime() + days * 86_400_000);

function updated(user: object, at: Date, change: Record<string, unknown> = {}) {
  const data = { user, tier: "pro", status: "active", current_period_end: inDays(at, 30).toISOString(), ...change };
  return { type: "subscription.updated", timestamp: at.toISOString(), data };
}

eachEngine("the billing's webhook", migrations, async (t, database) => {
  await t.test("sets a tier from the next call on, by address or by id, and ends it", async (st) => {
    const { clock, send, email, userId, tier, faults } = await open(st, database, [secret()]);
    assert.equal(await tier(), "free");
    const paid = { reference: "invoice-1", payment: { amount: "9.00", currency: "EUR", card: "4242424242424242" } };
    assert.equal(await send(updated({ email: ` ${email.toUpperCase()} ` }, clock(), paid)), "200 applied");
    assert.equal(await tier(), "pro");
    const held = await findSubscription(database.handle, userId);
    assert.deepEqual(
      [held?.provider, held?.lastPaymentReference, held?.paymentPayload, held?.lastPaymentAt?.getTime()],
      ["billing", "invoice-1", { amount: "9.00", currency: "EUR" }, clock().getTime()],
      "a card is not kept, whoever sends it",
    );
    clock.pass(60);
    const gone = { type: "subscription.deleted", timestamp: clock().toISOString(), data: { user: { id: userId } } };
    assert.equal(await send(gone), "200 applied");
    assert.equal(await tier(), "free");
    assert.deepEqual(faults, []);
  });

  await t.test("takes each delivery once, also of ten that come at once", async (st) => {
    const { clock, send, email, userId } = await open(st, database, [secret()]);
    const event = updated({ email }, clock());
    const id = randomUUID();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => send(event, { id })));
    assert.deepEqual(outcomes.toSorted(), ["200 applied", ...Array.from({ length: 9 }, () => "200 duplicate")]);
    clock.pass(240);
    assert.equal(await send(event, { id }), "200 duplicate", "sent again with a new time");
    const changes = await database.query("select 1 from subscription_changes where user_id = $1", [userId]);
    assert.equal(changes.rows.length, 1);
  });

  await t.test("keeps what is newest, in whatever order it comes", async (st) => {
    const { clock, send, email, tier } = await open(st, database, [secret()]);
    const older = updated({ email }, inDays(clock(), -2));
    const ended = {
      type: "subscription.deleted",
      timestamp: inDays(clock(), -1).toISOString(),
      data: { user: { email } },
    };
    assert.equal(await send(ended), "200 applied", "before anything else is known");
    assert.equal(await send(older), "200 outdated");
    assert.equal(await tier(), "free");
    assert.equal(await send(updated({ email }, clock())), "200 applied");
    assert.equal(await tier(), "pro");
  });

  await t.test(
    "says of a person whom nobody knows 404, and takes the same delivery once they are there",
    async (st) => {
      const { clock, send } = await open(st, database, [secret()]);
      const email = `${randomUUID()}@example.com`;
      const event = updated({ email }, clock());
      const id = randomUUID();
      assert.equal(await send(event, { id }), "404 unknown_user");
      assert.equal(await send(updated({ id: randomUUID() }, clock())), "404 unknown_user");
      const elsewhere = { issuer: "https://idp.example", subject: randomUUID(), label: email };
      await database.transaction((handle) => signInUser(handle, elsewhere, clock()));
      assert.equal(
        await send(event, { id }),
        "404 unknown_user",
        "what another provider says of an address names nobody",
      );
      await database.transaction((handle) =>
        signInUser(handle, { issuer: "email", subject: email, label: email }, clock()),
      );
      assert.equal(await send(event, { id }), "200 applied");
    },
  );

  await t.test("takes nothing that is not signed, altered on the way, or old", async (st) => {
    const { clock, send, email, tier } = await open(st, database, [secret()]);
    const event = updated({ email }, clock());
    const refused = "401 authentication_required";
    for (const missing of ["webhook-id", "webhook-timestamp", "webhook-signature"])
      assert.equal(await send(event, { headers: { [missing]: "" } }), refused, missing);
    assert.equal(await send(event, { secrets: [secret()] }), refused, "another's secret");
    assert.equal(await send(event, { altered: (body) => body.replace("pro", "pr0") }), refused);
    assert.equal(await send(event, { altered: (body) => `${body} ` }), refused, "what is verified is what was sent");
    assert.equal(await send(event, { altered: (body) => `\uFEFF${body}` }), refused);
    assert.equal(await send(event, { headers: { "webhook-id": randomUUID() } }), refused, "the id is signed too");
    for (const signature of ["v1,", "v1", "v2,AAAA", "v1,not base64", `v1a,${"A".repeat(44)}`])
      assert.equal(await send(event, { headers: { "webhook-signature": signature } }), refused, signature);
    for (const timestamp of ["now", "-1", "1e9", "99999999999999"])
      assert.equal(await send(event, { headers: { "webhook-timestamp": timestamp } }), refused, timestamp);
    for (const seconds of [-301, 301])
      assert.equal(await send(event, { at: new Date(clock().getTime() + seconds * 1000) }), refused, String(seconds));
    assert.equal(await tier(), "free");
    assert.equal(await send(event, { at: new Date(clock().getTime() - 299_000) }), "200 applied");
  });

  await t.test("takes either secret while one follows the other, and either signature", async (st) => {
    const [former, next] = [secret(), secret()];
    const { clock, send, email } = await open(st, database, [former, next]);
    const at = (): ReturnType<typeof updated> => updated({ email }, clock());
    assert.equal(await send(at(), { secrets: [former] }), "200 applied");
    assert.equal(await send(at(), { secrets: [next] }), "200 applied");
    assert.equal(await send(at(), { secrets: [secret(), next] }), "200 applied");
    assert.equal(await send(at(), { secrets: [secret(), secret()] }), "401 authentication_required");
  });

  await t.test("refuses what it cannot read, and says what is wrong", async (st) => {
    const { clock, send, email, faults, tier } = await open(st, database, [secret()]);
    const at = clock();
    const whole = updated({ email }, at);
    const wrong: readonly (readonly [event: unknown, answer: string])[] = [
      ["", "400 malformed_json"],
      ["{", "400 malformed_json"],
      ["[]", "400 invalid_request"],
      [{ ...whole, type: "invoice.paid" }, "400 invalid_request"],
      [{ ...whole, timestamp: "yesterday" }, "400 invalid_request"],
      [{ ...whole, timestamp: inDays(at, 1).toISOString() }, "400 invalid_request"],
      [updated({ email }, at, { tier: "gold" }), "400 invalid_request"],
      [updated({ email }, at, { status: "paid" }), "400 invalid_request"],
      [updated({ email }, at, { current_period_end: undefined }), "400 invalid_request"],
      [updated({ email }, at, { current_period_end: "+275760-09-13T00:00:00Z" }), "400 invalid_request"],
      [updated({ email }, at, { current_period_end: 1_790_000_000 }), "400 invalid_request"],
      [updated({ email, id: randomUUID() }, at), "400 invalid_request"],
      [updated({}, at), "400 invalid_request"],
      [updated({ id: "1 or 1=1" }, at), "400 invalid_request"],
      [updated({ email }, at, { reference: "\u0000" }), "400 invalid_input"],
      [{ ...whole, padding: "x".repeat(70_000) }, "413 payload_too_large"],
    ];
    for (const [event, answer] of wrong) assert.equal(await send(event), answer, JSON.stringify(event).slice(0, 200));
    assert.equal(await tier(), "free");
    assert.deepEqual(faults, []);
  });

  await t.test("is not there while no secret is set", async (st) => {
    const { clock, send, email } = await open(st, database, []);
    assert.equal(await send(updated({ email }, clock()), { secrets: [secret()] }), "404 not_found");
  });

  await t.test("remembers a delivery for thirty days", async (st) => {
    const { clock, send, email, entitlements } = await open(st, database, [secret()]);
    const [id, left] = [
      randomUUID(),
      async (of: string) => (await database.query("select 1 from billing_deliveries where id = $1", [of])).rows.length,
    ];
    await send(updated({ email }, clock()), { id });
    clock.pass(30 * 86_400);
    await entitlements.sweep();
    assert.equal(await left(id), 1);
    clock.pass(1);
    await entitlements.sweep();
    assert.equal(await left(id), 0);
  });
});

eachEngine("a delivery signed by hand, as the documents show it", migrations, async (t, database) => {
  const own = secret();
  const { clock, email, send } = await open(t, database, [own]);
  const event = JSON.stringify(updated({ email }, clock()));
  const [id, seconds] = ["msg_1", String(clock().getTime() / 1000)];
  const mac = createHmac("sha256", keyOf(own)).update(`${id}.${seconds}.${event}`).digest("base64");
  assert.equal(await send(event, { id, headers: { "webhook-signature": `v1,${mac}` } }), "200 applied");
});
