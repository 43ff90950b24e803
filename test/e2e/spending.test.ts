import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { startBellhop } from "../bellhop.ts";
import { linkWithPrivy, privyApp } from "../clients/raw-link.ts";

const cap = z.strictObject({
  asset: z.string(),
  perTransaction: z.string().nullable(),
  rolling: z.strictObject({ amount: z.string(), hours: z.number(), spent: z.string() }).nullable(),
});
/** What `GET /api/spending` promises. */
const spendingView = z.strictObject({
  version: z.number(),
  caps: z.array(cap),
  serverCaps: z.array(cap),
  assets: z.array(z.string()).nullable(),
  notes: z.array(z.strictObject({ asset: z.string(), sentence: z.string() })),
  recipientsOnly: z.boolean(),
  holdHours: z.number(),
  recipients: z.array(
    z.strictObject({
      recipient: z.string(),
      label: z.string(),
      addedAt: z.iso.datetime(),
      usableFrom: z.iso.datetime(),
    }),
  ),
  freshAboveUsd: z.string(),
  freshAfterClicks: z.number(),
});
const exported = z.object({ spending: z.unknown(), spent: z.unknown() });
const problem = z.looseObject({ error: z.string(), error_description: z.string() });

test("a person says over HTTP what assistants may spend", async (t) => {
  const app = await privyApp();
  const bellhop = await startBellhop(t, {
    environment: {
      PRIVY_APP_ID: app.appId,
      PRIVY_VERIFICATION_KEY: app.verificationKey,
      BELLHOP_RECIPIENT_HOLD_HOURS: "48",
      BELLHOP_SPEND_FRESH_ABOVE_USD: "250",
      BELLHOP_SPEND_CAPS: '[{"asset":"usd","rolling":{"amount":"2000","hours":24}}]',
    },
  });
  async function signIn(subject: string) {
    const signedIn = await fetch(`${bellhop.url}/api/sign-in/privy`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: bellhop.url },
      body: JSON.stringify({ token: await app.token({ subject }) }),
    });
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    return (method: string, path: string, body?: unknown, origin = bellhop.url) =>
      fetch(bellhop.url + path, {
        method,
        headers: { cookie, origin, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
  }
  const [ana, ben] = [await signIn("did:privy:ana"), await signIn("did:privy:ben")];
  const view = async (answer: Promise<Response>) => {
    const settled = await answer;
    const body: unknown = await settled.json();
    assert.equal(settled.status, 200, JSON.stringify(body));
    assert.equal(settled.headers.get("cache-control"), "no-store");
    // A change says which receipt it left, too.
    const { receiptId: _receipt, ...spending } = z.looseObject({ receiptId: z.uuid().optional() }).parse(body);
    return spendingView.parse(spending);
  };
  const refused = async (answer: Promise<Response>, status: number, code: string): Promise<string> => {
    const settled = await answer;
    const { error, error_description: sentence } = problem.parse(await settled.json());
    assert.deepEqual([settled.status, error], [status, code]);
    return sentence;
  };
  const own = { asset: "usd", perTransaction: "500", rolling: { amount: "1000.50", hours: 24 } };
  const untouched = {
    version: 0,
    caps: [],
    serverCaps: [{ asset: "usd", perTransaction: null, rolling: { amount: "2000", hours: 24, spent: "0" } }],
    assets: ["usd"],
    notes: [],
    recipientsOnly: false,
    holdHours: 48,
    recipients: [],
    freshAboveUsd: "250",
    freshAfterClicks: 10,
  };

  await t.test("who set nothing sees what the server holds", async () => {
    assert.deepEqual(await view(ana("GET", "/api/spending")), untouched);
  });

  await t.test("limits are set as a list, and shown with what was spent", async () => {
    const { version, caps } = await view(ana("PUT", "/api/spending/caps", { caps: [own] }));
    assert.equal(version, 1);
    assert.deepEqual(caps, [{ ...own, rolling: { ...own.rolling, spent: "0" } }]);
    // What is shown may be sent back.
    assert.equal((await view(ana("PUT", "/api/spending/caps", { caps }))).version, 1);
  });

  await t.test("a limit on what no tool of this server states says that it stops nothing", async () => {
    const sol = { asset: "SOL", perTransaction: "1", rolling: null };
    const { notes } = await view(ben("PUT", "/api/spending/caps", { caps: [own, sol] }));
    const sentence =
      "No tool of this server says what it spends in SOL, so this limit stops nothing. A limit in US dollars (usd) counts whatever is spent.";
    assert.deepEqual(notes, [{ asset: "SOL", sentence }]);
    assert.equal((await view(ben("PUT", "/api/spending/caps", { caps: [] }))).version, 2);
  });

  await t.test("a list that does not mean what it says is refused, by name, and changes nothing", async () => {
    const sentence = await refused(
      ana("PUT", "/api/spending/caps", { caps: [{ ...own, perTransaction: "1e9" }] }),
      400,
      "invalid_input",
    );
    assert.match(sentence, /caps\.0\.perTransaction: must be a decimal number/);
    for (const caps of [null, "all", [{}], [own, own], [{ ...own, asset: "\u0000" }], [{ ...own, more: 1 }]])
      await refused(ana("PUT", "/api/spending/caps", { caps }), 400, "invalid_input");
    await refused(ana("PUT", "/api/spending/caps"), 400, "invalid_input");
    await refused(ana("PATCH", "/api/spending", { recipientsOnly: "yes" }), 400, "invalid_input");
    await refused(
      ana("POST", "/api/spending/recipients", { recipient: "two words", label: "x" }),
      400,
      "invalid_input",
    );
    assert.equal((await view(ana("GET", "/api/spending"))).version, 1);
  });

  await t.test("recipients are added, rest, and are removed, whatever their address is made of", async () => {
    assert.equal((await view(ana("PATCH", "/api/spending", { recipientsOnly: true }))).recipientsOnly, true);
    const odd = "pay:ana@example.com/x?y=%2F#z";
    const added = await view(ana("POST", "/api/spending/recipients", { recipient: odd, label: "Odd one" }));
    const [listed] = added.recipients;
    assert.deepEqual([listed?.recipient, listed?.label], [odd, "Odd one"]);
    assert.equal(Date.parse(listed?.usableFrom ?? "") - Date.parse(listed?.addedAt ?? ""), 48 * 3_600_000);
    await refused(ana("DELETE", "/api/spending/recipients/unknown"), 404, "not_found");
    const removed = await view(ana("DELETE", `/api/spending/recipients/${encodeURIComponent(odd)}`));
    assert.deepEqual([removed.version, removed.recipients], [4, []]);
  });

  await t.test("nobody else's are touched, no other site and no bearer reaches them", async () => {
    assert.deepEqual(await view(ben("GET", "/api/spending")), { ...untouched, version: 2 });
    const { access_token: bearer } = await linkWithPrivy(bellhop.url, app);
    for (const [method, path] of [
      ["GET", "/api/spending"],
      ["PUT", "/api/spending/caps"],
      ["PATCH", "/api/spending"],
      ["POST", "/api/spending/recipients"],
      ["DELETE", "/api/spending/recipients/r"],
    ] as const) {
      const headers = { authorization: `Bearer ${bearer}`, origin: bellhop.url };
      assert.equal((await fetch(bellhop.url + path, { method, headers })).status, 401, path);
      if (method !== "GET") await refused(ana(method, path, {}, "https://evil.example"), 403, "forbidden_origin");
    }
  });

  await t.test("every change leaves a receipt that names no recipient", async () => {
    const receipts = await (await ana("GET", "/receipts?q=recipient")).text();
    assert.match(receipts, /"tool":"add_recipient","title":"Add a recipient"/);
    const taken = await (await ana("GET", "/api/export")).text();
    assert.doesNotMatch(taken, /pay:ana@example\.com/);
    const { spending, spent } = exported.parse(JSON.parse(taken));
    assert.deepEqual([spending, spent], [{ version: 4, caps: [own], recipientsOnly: true, recipients: [] }, []]);
  });

  await t.test("a person who is erased leaves none of it", async () => {
    const session = z.object({ user: z.object({ label: z.string() }) });
    const { user } = session.parse(await (await ana("GET", "/api/session")).json());
    assert.equal((await ana("DELETE", "/api/account", { confirm: user.label })).status, 204);
    const again = await signIn("did:privy:ana");
    assert.deepEqual(await view(again("GET", "/api/spending")), untouched);
  });
});
