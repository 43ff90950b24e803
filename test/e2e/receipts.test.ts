import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import * as z from "zod";
import { rawCall } from "../clients/raw-call.ts";
import { linkWithPrivy, privyApp } from "../clients/raw-link.ts";
import { fixtureToolset, newOutside } from "../door/fixture.ts";
import { startWhole } from "./whole-server.ts";

const page = z.object({
  receipts: z.array(z.object({ id: z.string(), startedAt: z.string() })),
  next: z.string().nullable(),
});

/** Minutes from one call to the next. */
const APART = 1;
const CALLS = 12;

/** A person's two assistants, which have called about two wallets by turns, and somebody else's. */
async function stage(t: TestContext) {
  const app = await privyApp();
  const server = await startWhole(t, {
    settings: { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey },
    toolsets: [fixtureToolset(newOutside())],
  });
  const link = (subject: string) => linkWithPrivy(server.baseUrl, app, subject);
  const assistants = [await link("did:privy:ana"), await link("did:privy:ana")];
  const bens = await link("did:privy:ben");
  const calls: { readonly id: string; readonly clientId: string; readonly wallet: string; readonly at: string }[] = [];
  const ask = async ({ access_token: accessToken }: typeof bens, wallet: string): Promise<string> =>
    (await rawCall({ mcpUrl: `${server.baseUrl}/mcp`, accessToken, name: "balance", input: { wallet } })).receiptId;
  for (let turn = 0; turn < CALLS; turn += 1) {
    server.clock.pass(APART * 60);
    const assistant = assistants[turn % 2] ?? bens;
    const wallet = turn % 3 === 0 ? "savings" : "daily";
    const at = server.clock().toISOString();
    calls.unshift({ id: await ask(assistant, wallet), clientId: assistant.clientId, wallet, at });
    await ask(bens, wallet);
  }
  const [{ access_token: bearer } = bens] = assistants;
  const get = (query: Record<string, string>): Promise<Response> =>
    fetch(`${server.baseUrl}/receipts?${new URLSearchParams(query)}`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
  /** Every page to the last, each of at most `limit`. */
  async function pages(query: Record<string, string>, limit = 2): Promise<string[][]> {
    const read: string[][] = [];
    for (let cursor: string | null = ""; cursor !== null && read.length <= CALLS;) {
      const response = await get({ ...query, limit: String(limit), ...(cursor && { cursor }) });
      const { receipts, next } = page.parse(await response.json());
      read.push(receipts.map(({ id }) => id));
      cursor = next;
    }
    return read;
  }
  return { calls, get, pages, first: assistants[0]?.clientId ?? "", times: calls.map(({ at }) => at) };
}

test("GET /receipts: by client, wallet and date, alone and together, page by page", async (t) => {
  const { calls, get, pages, first, times } = await stage(t);
  const [since = "", until = ""] = [times.at(-4), times.at(2)];
  const isBetween = ({ at }: { readonly at: string }): boolean => at >= since && at < until;
  const all = (): boolean => true;
  const cases: readonly (readonly [Record<string, string>, (call: (typeof calls)[number]) => boolean])[] = [
    [{ tool: "balance" }, all],
    [{ client: "Scripted client" }, all],
    [{ client: first }, ({ clientId }) => clientId === first],
    [{ wallet: "savings" }, ({ wallet }) => wallet === "savings"],
    [{ tool: "balance", since }, ({ at }) => at >= since],
    [{ tool: "balance", until }, ({ at }) => at < until],
    [{ tool: "balance", since, until }, isBetween],
    [
      { client: first, wallet: "daily", since, until },
      (one) => one.clientId === first && one.wallet === "daily" && isBetween(one),
    ],
  ];
  for (const [query, belongs] of cases)
    await t.test(JSON.stringify(query), async () => {
      const expected = calls.filter(belongs).map(({ id }) => id);
      const read = await pages(query);
      assert.ok(expected.length > 1 && (expected.length < CALLS || belongs === all), "it tells something apart");
      assert.deepEqual(read.flat(), expected);
      assert.ok(read.every(({ length }) => length <= 2));
      assert.equal(read.length, Math.ceil(expected.length / 2));
    });

  await t.test("a time with an offset means the same as in UTC", async () => {
    const withOffset = `${new Date(Date.parse(since) + 2 * 3_600_000).toISOString().slice(0, -1)}+02:00`;
    assert.deepEqual(await pages({ tool: "balance", since: withOffset }), await pages({ tool: "balance", since }));
  });

  await t.test("what nobody has is an empty page, and what is no time or cursor is refused", async () => {
    for (const query of [{ client: "nobody" }, { wallet: "sav" }, { since: "9999-01-01" }, { until: "2000-01-01" }])
      assert.deepEqual(await pages(query), [[]]);
    for (const query of [{ since: "yesterday" }, { until: "2026-13-01" }, { cursor: "1" }, { limit: "101" }])
      assert.equal((await get({ tool: "balance", ...query })).status, 400);
  });
});
