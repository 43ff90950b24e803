import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import * as z from "zod";
import type { Handle } from "../../src/database/handle.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { type Call, defineTool, defineToolset, type Evidence } from "../../src/kernel/tool.ts";

/** What the tools use: a table of their own, and the till. */
interface Ports {
  readonly notes: { add(userId: string, word: string): Promise<void> };
  readonly till: Till;
  /** Rows of any statement, each value as text. */
  readonly look: (statement: string) => Promise<readonly Record<string, string | null>[]>;
}

/** The till, as a tool sees it. */
interface Till {
  /** @throws AppError `conflict` when it says no; anything else when nobody knows. */
  order(path: "/pay" | "/pay-once", order: { key: string; amount: string; to: string }): Promise<void>;
  /** Whether it was paid. One that was not can never be paid any more afterwards. */
  settle(key: string): Promise<boolean>;
}

const shared = { destructive: false, openWorld: false, audience: "assistant", examples: [] } as const;
const word = z.object({ word: z.string().min(1).max(100) });

const add = async ({ word: said }: z.output<typeof word>, { principal, notes }: Call & Ports) => {
  await notes.add(principal.userId, said);
  return { text: `Noted ${said}.`, data: { word: said } };
};

const noteNow = defineTool({
  ...shared,
  name: "note_now",
  title: "Note now",
  description: "Use this to note a word at once.",
  effect: "write",
  idempotent: false,
  scopes: ["write"],
  input: word,
  output: word,
  run: add,
});

const note = defineTool({
  ...shared,
  name: "note",
  title: "Note",
  description: "Use this to note a word that the person approves.",
  effect: "write",
  idempotent: false,
  scopes: ["write"],
  // Whatever a model says here means nothing.
  input: word.extend({ confirm: z.boolean().optional(), approved: z.boolean().optional() }),
  output: word,
  propose: async ({ word: said }) => ({ sentence: `Note “${said}”.`, bounds: [{ label: "Word", value: said }] }),
  run: add,
});

const timed = z.object({ ms: z.number().int().min(0).max(60_000) });

const slowRead = defineTool({
  ...shared,
  name: "slow_read",
  title: "Slow read",
  description: "Use this to wait for an answer.",
  effect: "read",
  idempotent: true,
  scopes: ["read"],
  input: timed,
  output: timed,
  async run({ ms }, { signal }: Call & Ports) {
    await pause(ms, undefined, { signal });
    return { text: `Waited ${ms} ms.`, data: { ms } };
  },
});

const STEPS = 5;
const made = z.object({ word: z.string() });

const longJob = defineTool({
  ...shared,
  name: "long_job",
  title: "Long job",
  description: "Use this for a file that takes its time.",
  effect: "read",
  background: true,
  idempotent: true,
  scopes: ["read"],
  input: word.extend(timed.shape),
  output: made,
  async run({ word: said, ms }, { signal, progress }: Call & Ports) {
    for (let step = 1; step <= STEPS; step += 1) {
      progress({ stage: `Step ${step}`, percent: (100 * step) / STEPS, etaSeconds: null });
      await pause(ms / STEPS, undefined, { signal });
    }
    return {
      text: "Here it is.",
      data: { word: said },
      files: [{ name: "report.txt", mediaType: "text/plain", body: said }],
    };
  },
});

const order = z.object({ amount: z.string().regex(/^\d{1,4}$/), to: z.string().min(1).max(60) });
const paid = z.object({ key: z.string() });

const propose = async ({ amount, to }: z.output<typeof order>) => ({
  sentence: `Pay ${amount} coins to ${to}.`,
  bounds: [{ label: "At most", value: `${amount} coins` }],
  spend: {
    amounts: [
      { asset: "COIN", amount: BigInt(amount), decimals: 0 },
      { asset: "usd", amount: BigInt(amount), decimals: 2 },
    ],
    recipient: to,
  },
});

const payShape = { ...shared, effect: "money", outside: true, scopes: ["write"], input: order, output: paid } as const;

/** Pays each time that it runs, and looks for evidence after a crash. */
const pay = defineTool<Ports, typeof order, typeof paid>({
  ...payShape,
  name: "pay",
  title: "Pay",
  description: "Use this to pay somebody.",
  idempotent: false,
  scopes: ["write"],
  propose,
  async run({ amount, to }, { receiptId, till }) {
    await till.order("/pay-once", { key: receiptId, amount, to });
    return { text: `Paid ${to}.`, data: { key: receiptId } };
  },
  async reconcile({ to }, { receiptId, till }): Promise<Evidence<z.input<typeof paid>>> {
    if (await till.settle(receiptId))
      return { found: "done", answer: { text: `Paid ${to}.`, data: { key: receiptId } } };
    return { found: "not_done", error: new AppError("conflict", "It was not paid.") };
  },
});

/** Pays once for its key, however often it runs. */
const payIdempotent = defineTool<Ports, typeof order, typeof paid>({
  ...payShape,
  name: "pay_idempotent",
  title: "Pay by key",
  description: "Use this to pay somebody under a key.",
  idempotent: true,
  scopes: ["write"],
  propose,
  async run({ amount, to }, { receiptId, till }) {
    await till.order("/pay", { key: receiptId, amount, to });
    return { text: `Paid ${to}.`, data: { key: receiptId } };
  },
});

/** Looks at the tables, from inside the process that owns them: the embedded database has no other way in. */
const look = defineTool({
  ...shared,
  name: "chaos_look",
  title: "Look",
  description: "Use this to look at the tables.",
  effect: "read",
  idempotent: true,
  scopes: ["read"],
  input: z.object({ statement: z.string() }),
  output: z.object({ rows: z.array(z.record(z.string(), z.string().nullable())) }),
  async run({ statement }, { look: rowsOf }: Call & Ports) {
    const rows = [...(await rowsOf(statement))];
    return { text: `${rows.length} rows.`, data: { rows } };
  },
});

const ORDER_MS = 5_000;

/** @param url of the till */
function tillAt(url: string): Till {
  const ask = (path: string, init: RequestInit): Promise<Response> =>
    fetch(url + path, { ...init, signal: AbortSignal.timeout(ORDER_MS) });
  return {
    async order(path, body) {
      const { status } = await ask(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (status === 409 || status === 410) throw new AppError("conflict", "The till says no.");
      if (status !== 200) throw new Error(`The till answered ${status}.`);
    },
    async settle(key) {
      const { status } = await ask(`/payments/${key}`, { method: "DELETE" });
      if (status !== 200 && status !== 204) throw new Error(`The till answered ${status}.`);
      return status === 200;
    },
  };
}

/** Tools of every kind of effect, each of which can be counted afterwards. */
export const chaosToolset = (tillUrl: string) =>
  defineToolset({
    name: "chaos",
    title: "Chaos",
    tools: [noteNow, note, slowRead, longJob, pay, payIdempotent, look],
    ports: (handle: Handle): Ports => ({
      till: tillAt(tillUrl),
      notes: {
        async add(userId, said) {
          await sql`insert into chaos_notes (user_id, word) values (${userId}, ${said})`.execute(handle);
        },
      },
      async look(statement) {
        const { rows } = await sql.raw<Record<string, unknown>>(statement).execute(handle);
        const text = (value: unknown): string | null => (value === null ? null : String(value));
        return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)])));
      },
    }),
  });
