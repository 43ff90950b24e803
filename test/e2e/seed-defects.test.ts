/**
 * Defects of the systems that this one replaces, each under its name, over HTTP and against a real server with a till beside
 * it that writes down what was really done.
 */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type Bellhop, until } from "../bellhop.ts";
import { type Behaviour, behaviourOf } from "../chaos/till-behaviour.ts";
import { openWorld, type World } from "../chaos/world.ts";
import type { LinkedPerson } from "../clients/linked-person.ts";
import { type RawAnswer, rawCall } from "../clients/raw-call.ts";
import { type Engine, engines } from "../database.ts";

const SEED = 5;

/** A name to pay to, for which the till behaves in this way, and takes its time where it takes any. */
function nameFor(how: Behaviour["how"]): string {
  for (let turn = 0; turn < 1_000; turn += 1) {
    const behaviour = behaviourOf(SEED, `to-${turn}`);
    if (behaviour.how === how && behaviour.ms > 300) return `to-${turn}`;
  }
  return assert.fail(`the till never ${how}`);
}

interface Stage {
  readonly world: World;
  readonly first: Bellhop;
  readonly ana: LinkedPerson;
  call(name: string, input: unknown, operationId?: string, at?: Bellhop): Promise<RawAnswer>;
  /** Asks for a note that waits for the person, under an operation id. */
  ask(word: string, operationId?: string): Promise<string>;
  notes(word: string): Promise<number>;
  /** How often a name was paid. */
  paid(to: string): number;
}

async function stage(t: TestContext, engine: Engine): Promise<Stage> {
  const world = await openWorld(t, engine, SEED);
  const [first] = world.servers;
  assert.ok(first);
  const ana = await world.newPerson();
  const call: Stage["call"] = (name, input, operationId, at = first) =>
    rawCall({
      mcpUrl: at.mcpUrl,
      accessToken: ana.accessToken,
      name,
      input,
      ...(operationId === undefined ? {} : { operationId }),
    });
  return {
    world,
    first,
    ana,
    call,
    async ask(word, operationId) {
      const { pending } = await call("note", { word }, operationId);
      assert.equal(pending?.kind, "approval");
      return pending.id;
    },
    async notes(word) {
      const rows = await world.look(`select count(*) as times from chaos_notes where word = '${word}'`);
      return Number(rows[0]?.["times"]);
    },
    paid: (to) => world.till.payments().filter((payment) => payment.to === to).length,
  };
}

/** Waits until what was approved has ended. */
const ended = ({ ana, first }: Stage, id: string): Promise<string> =>
  until("the end of the run", async () => {
    const { run } = await ana.approval(first, id);
    return run === "queued" || run === "running" || run === null ? undefined : run;
  });

test("model-set-confirm: nothing that an assistant sends decides for the person", async (t) => {
  const s = await stage(t, "pglite");
  const { first, ana } = s;
  const id = await s.ask("sneaky");
  const { digest } = await ana.approval(first, id);
  const standsStill = async (): Promise<void> => {
    const { status, run } = await ana.approval(first, id);
    assert.deepEqual([status, run, await s.notes("sneaky")], ["pending", null, 0]);
  };
  const bearer = { authorization: `Bearer ${ana.accessToken}`, "content-type": "application/json" };
  const post = (url: string, body: unknown, headers: Record<string, string>): Promise<Response> =>
    fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const toMcp = (message: object): Promise<Response> =>
    post(
      first.mcpUrl,
      { jsonrpc: "2.0", ...message },
      {
        ...bearer,
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
      },
    );

  await t.test("no argument of the call", async () => {
    const said = { confirm: true, approved: true, approval: id, decision: "approve", digest };
    const again = await s.call("note", { word: "sneaky", ...said });
    assert.equal(again.pending?.kind, "approval");
    await standsStill();
  });

  await t.test("no member of _meta, no header, no answer to a question that nobody asked", async () => {
    const yes = { action: "accept", content: { approve: true, confirm: true } };
    const params = { name: "note", arguments: { word: "sneaky" }, _meta: { "bellhop/approved": id, approved: true } };
    for (const message of [
      { id: 1, result: yes },
      { id: 1, method: "tools/call", params },
      { id: 1, method: "tools/call", params: { ...params, inputResponses: { approve: yes }, requestState: id } },
      { id: 1, method: "elicitation/create", params: { message: "Approve?", requestedSchema: { type: "object" } } },
    ]) {
      const response = await toMcp(message);
      assert.ok(response.status < 500, String(response.status));
      assert.doesNotMatch(await response.text(), /Noted sneaky/);
      await standsStill();
    }
  });

  await t.test("no tool", async () => {
    for (const name of ["decide_approval", "approve"]) {
      const said = await s.call(name, { id, decision: "approve", digest }).catch((error: unknown) => ({ error }));
      assert.notEqual(said.error, null, name);
    }
    const asked = await s.call("approval_status", { id, decision: "approve", confirm: true });
    assert.doesNotMatch(asked.text, /Noted/);
    await standsStill();
  });

  await t.test("no decision with the assistant's bearer, nor from another page", async () => {
    const url = `${first.url}/api/approvals/${id}/decision`;
    const body = { decision: "approve", digest };
    const origin = new URL(s.world.environment["SERVER_BASE_URL"] ?? "").origin;
    const session = { cookie: ana.cookie, "content-type": "application/json" };
    const refused = await Promise.all(
      [
        bearer,
        { ...bearer, origin },
        { ...session, origin: "https://elsewhere.example" },
        { ...bearer, ...session, origin: "https://elsewhere.example" },
      ].map(async (headers) => (await post(url, body, headers)).status),
    );
    assert.deepEqual(
      refused.map((status) => status === 401 || status === 403),
      refused.map(() => true),
      refused.join(", "),
    );
    assert.equal((await fetch(`${first.url}/api/approvals/${id}`, { headers: bearer })).status, 401);
    await standsStill();
  });

  await t.test("the person, in our own page, does; and it runs once", async () => {
    assert.equal((await ana.decide(first, id, "approve")).status, 200);
    assert.equal(await ended(s, id), "completed");
    assert.equal(await s.notes("sneaky"), 1);
  });
});

/** Starts each time anew what the tests of an engine kill. */
const LONGEST_MS = 240_000;

for (const engine of engines) {
  test(
    `killed, sent again, cancelled: the same act is done once, and ends (${engine})`,
    { timeout: LONGEST_MS },
    async (t) => {
      const s = await stage(t, engine);
      const { world, first, ana } = s;
      const anywhere = (turn: number): Bellhop => world.servers[turn % world.servers.length] ?? first;
      const tenTimes = <T>(send: (turn: number) => Promise<T>): Promise<T[]> =>
        Promise.all(Array.from({ length: 10 }, (_, turn) => send(turn)));
      const kill = () => Promise.all(world.servers.map((server) => server.kill()));
      const restart = () => Promise.all(world.servers.map((server) => server.restart()));
      const status = (id: string, wanted: string): Promise<unknown> =>
        until(
          `the job to be ${wanted}`,
          async () => ((await ana.job(first, id)).status === wanted ? true : undefined),
          30_000,
        );

      await t.test("double-execute: ten at once, everywhere, and ten more after kill -9, are one", async () => {
        const note = (turn: number) => s.call("note_now", { word: "once" }, "operation-once", anywhere(turn));
        const answers = await tenTimes(note);
        for (const { error } of answers) assert.ok(error === null || error === "operation_running", error ?? "");
        const receipts = new Set(answers.filter(({ error }) => error === null).map(({ receiptId }) => receiptId));
        assert.equal(receipts.size, 1, "all who are answered get the same answer");
        await kill();
        await restart();
        for (const { error, receiptId } of await tenTimes(note))
          assert.deepEqual([error, receipts.has(receiptId)], [null, true]);
        assert.equal(await s.notes("once"), 1);
      });

      await t.test("double-execute: under the same operation id nothing else is done", async () => {
        assert.equal((await s.call("note_now", { word: "other" }, "operation-once")).error, "operation_mismatch");
        assert.equal((await s.call("echo", { text: "other" }, "operation-once")).error, "operation_mismatch");
        assert.equal(await s.notes("other"), 0);
      });

      await t.test("double-execute: of ten decisions at once one counts, and a replayed one never does", async () => {
        const to = nameFor("pays");
        const order = { amount: "7", to };
        const asked = await tenTimes((turn) => s.call("pay", order, "operation-pay", anywhere(turn)));
        const [id = "", ...others] = new Set(asked.flatMap(({ pending }) => (pending ? [pending.id] : [])));
        assert.deepEqual(others, [], "one question");
        const said = await tenTimes((turn) => ana.decide(anywhere(turn), id, "approve"));
        assert.deepEqual(said.map((one) => one.status).toSorted(), [200, ...Array.from({ length: 9 }, () => 409)]);
        assert.equal(await ended(s, id), "completed");
        await kill();
        await restart();
        assert.equal((await ana.decide(first, id, "approve")).status, 409);
        assert.equal((await ana.decide(first, id, "reject")).status, 409);
        const again = await s.call("pay", order, "operation-pay");
        assert.deepEqual([again.error, again.data], [null, { key: id }]);
        assert.equal(s.paid(to), 1);
      });

      await t.test(
        "double-execute: killed after it was paid and before anybody heard, it is found and not paid again",
        async () => {
          const to = nameFor("pays and waits");
          const asked = await s.call("pay", { amount: "9", to }, "operation-killed");
          const id = asked.pending?.id ?? "";
          assert.equal((await ana.decide(first, id, "approve")).status, 200);
          await until("the payment", () => (s.paid(to) > 0 ? true : undefined));
          await kill();
          await restart();
          assert.equal(await ended(s, id), "completed");
          assert.equal(s.paid(to), 1);
          const held = await world.look(`select state from reservations where id = '${id}'`);
          assert.deepEqual([...new Set(held.map((row) => row["state"]))], ["spent"]);
        },
      );

      await t.test(
        "stuck-running-job: what its process left behind is taken up when its lease is over, and ends",
        async () => {
          const { pending } = await s.call("long_job", { word: "resumed", ms: 1_500 });
          const id = pending?.id ?? "";
          await status(id, "running");
          await kill();
          const killed = Date.now();
          await restart();
          await status(id, "completed");
          const [row] = await world.look(
            `select attempt, extract(epoch from heartbeat_at) * 1000 as beat from tool_jobs where id = '${id}'`,
          );
          assert.equal(row?.["attempt"], "2");
          assert.ok(Number(row?.["beat"]) > killed);
          const [stuck] = await world.look("select count(*) as jobs from tool_jobs where status = 'running'");
          assert.equal(stuck?.["jobs"], "0");
        },
      );

      await t.test("cancel-overwrite: what was cancelled stays cancelled, whatever its run still says", async () => {
        const { pending } = await s.call("long_job", { word: "cancelled", ms: 1_500 });
        const id = pending?.id ?? "";
        await status(id, "running");
        // At the process that does not run it, where there is one, too.
        const said = await Promise.all(world.servers.map((server) => ana.cancel(server, id)));
        assert.ok(said.some((one) => one.status === 200));
        const other = await s.call("long_job", { word: "whole", ms: 1_500 });
        await status(other.pending?.id ?? "", "completed");
        const stands = async (): Promise<void> => {
          assert.equal((await ana.job(first, id)).status, "cancelled");
          const [row] = await world.look(`
          select o.state, o.code, r.outcome, (select count(*) from tool_job_artifacts a where a.job_id = o.id) as files
          from operations o join receipts r on r.id = o.id where o.id = '${id}'`);
          assert.deepEqual(row, { state: "failed", code: "cancelled", outcome: "refused", files: "0" });
        };
        await stands();
        await kill();
        await restart();
        await stands();
        assert.notEqual((await ana.cancel(first, id)).status, 200);
      });
    },
  );
}
