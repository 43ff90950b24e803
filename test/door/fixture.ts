import { sql } from "kysely";
import * as z from "zod";
import type { Handle } from "../../src/database/handle.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { type Call, defineTool, defineToolset, type Evidence, type ToolAnswer } from "../../src/kernel/tool.ts";

/** A table to write to. */
export const notesTable = { name: "9999-notes", statements: ["create table notes (user_id uuid, word text)"] };

/** What happens outside, in the hand of the test. */
export interface Outside {
  /** What was done, by the key that it was done under. */
  readonly done: { key: string; amount: string }[];
  /** How the next effects end: done, refused before, done or not done with the answer lost, done with too much of an answer. */
  readonly next: ("ok" | "refused" | "lost" | "lost_before" | "wordy" | "bulky")[];
  /** How evidence is found. */
  evidence: "known" | "unknown" | "bulky";
}

export const newOutside = (): Outside => ({ done: [], next: [], evidence: "known" });

interface Ports {
  readonly notes: { add(userId: string, word: string): Promise<void> };
  readonly gate: () => Promise<void>;
}

const shared = { destructive: false, openWorld: false, audience: "assistant", examples: [] } as const;
const word = z.object({ word: z.string().max(100) });

const note = defineTool({
  ...shared,
  name: "note",
  title: "Note",
  description: "Use this to note a word.",
  effect: "write",
  idempotent: false,
  scopes: ["write"],
  input: word,
  output: word,
  async run({ word: said }, { principal, notes, gate }: Call & Ports) {
    await notes.add(principal.userId, said);
    await gate();
    if (said === "bad") throw new AppError("conflict", "That word is taken.");
    return { text: `Noted ${said}.`, data: { word: said } };
  },
});

const askedNote = defineTool({
  ...shared,
  name: "asked_note",
  title: "Asked note",
  description: "Use this to note a word that the person approves.",
  effect: "write",
  idempotent: false,
  scopes: ["write"],
  input: word.extend({ confirm: z.boolean().optional() }),
  output: word,
  async propose({ word: said }) {
    return { sentence: `Note “${said}”.`, bounds: [{ label: "Word", value: said }], high: said === "high" };
  },
  async run({ word: said }, { principal, notes, gate }: Call & Ports) {
    await notes.add(principal.userId, said);
    await gate();
    return { text: `Noted ${said}.`, data: { word: said } };
  },
});

const slowRead = defineTool({
  ...shared,
  name: "slow_read",
  title: "Slow read",
  description: "Use this to wait.",
  effect: "read",
  idempotent: true,
  scopes: ["read"],
  input: word,
  output: word,
  async run({ word: said }, { gate, progress }: Call & Ports) {
    progress({ stage: "Waiting", percent: 10, etaSeconds: null });
    await gate();
    return { text: `Read ${said}.`, data: { word: said } };
  },
});

const report = defineTool({
  ...shared,
  name: "report",
  title: "Report",
  description: "Use this for a report.",
  effect: "read",
  background: true,
  idempotent: true,
  scopes: ["read"],
  input: word,
  output: word,
  async run({ word: said }, { gate, signal }: Call & Ports) {
    await gate();
    if (signal.aborted) throw signal.reason;
    return {
      text: "Here it is.",
      data: { word: said },
      files: [{ name: "report.md", mediaType: "text/markdown", body: said }],
    };
  },
});

const balance = defineTool({
  ...shared,
  name: "balance",
  title: "Balance",
  description: "Use this to see a wallet's balance.",
  effect: "read",
  idempotent: true,
  scopes: ["read"],
  input: z.object({ wallet: z.string().max(60) }),
  output: z.object({ coins: z.string() }),
  walletOf: ({ wallet }) => wallet,
  run: async () => ({ text: "7 coins.", data: { coins: "7" } }),
});

const huge = defineTool({
  ...shared,
  name: "huge",
  title: "Huge",
  description: "Use this for an answer of as many megabytes.",
  effect: "read",
  idempotent: true,
  scopes: ["read"],
  input: z.object({ megabytes: z.int().max(200), as: z.enum(["text", "data"]) }),
  output: z.object({ filler: z.string() }),
  async run({ megabytes, as }) {
    const filler = "x".repeat(megabytes * 1_000_000);
    return as === "text" ? { text: filler, data: { filler: "" } } : { text: "Here.", data: { filler } };
  },
});

const money = z.object({ amount: z.string().regex(/^\d{1,9}$/), to: z.string().max(60).optional() });
const paid = z.object({ key: z.string() });

const propose = async ({ amount, to }: z.output<typeof money>) => ({
  sentence: `Pay ${amount} coins.`,
  bounds: [{ label: "At most", value: `${amount} coins` }],
  spend: {
    amounts: [
      { asset: "COIN", amount: BigInt(amount), decimals: 0 },
      { asset: "usd", amount: BigInt(amount), decimals: 0 },
    ],
    ...(to === undefined ? {} : { recipient: to }),
  },
});

/** Tools that pay, each recovering in its own way. */
const payWith = (outside: Outside, name: string, recovery: "once" | "again" | "evidence") =>
  defineTool<Ports, typeof money, typeof paid>({
    ...shared,
    name,
    title: name,
    description: "Use this to pay.",
    effect: "money",
    outside: true,
    idempotent: recovery === "again",
    scopes: ["write"],
    input: money,
    output: paid,
    propose,
    async run({ amount }, { receiptId, gate }) {
      const how = outside.next.shift() ?? "ok";
      if (how === "refused") throw new AppError("conflict", "The till is closed.");
      const isNew = !outside.done.some(({ key }) => key === receiptId);
      if (how !== "lost_before" && (recovery !== "again" || isNew)) outside.done.push({ key: receiptId, amount });
      await gate();
      if (how === "wordy") return { text: "Paid. ".repeat(1_000_000), data: { key: receiptId } };
      if (how === "bulky") return { text: "Paid.", data: { key: receiptId.padEnd(2_000_000, "x") } };
      if (how !== "ok") throw new Error("the connection was lost");
      return { text: "Paid.", data: { key: receiptId } };
    },
    ...(recovery === "evidence" && {
      async reconcile(_input: unknown, { receiptId }: Call): Promise<Evidence<{ key: string }>> {
        if (outside.evidence === "unknown") return { found: "unknown" };
        const key = outside.evidence === "bulky" ? receiptId.padEnd(2_000_000, "x") : receiptId;
        const answer: ToolAnswer<{ key: string }> = { text: "Paid.", data: { key } };
        return outside.done.some((paidOnce) => paidOnce.key === receiptId)
          ? { found: "done", answer }
          : { found: "not_done", error: new AppError("conflict", "It was not paid.") };
      },
    }),
  });

/** A toolset of every kind of effect. @param gate what each call waits for, once it has done what it does. */
export const fixtureToolset = (outside: Outside, gate: () => Promise<void> = async () => undefined) =>
  defineToolset({
    name: "fixture",
    title: "Fixture",
    tools: [
      note,
      askedNote,
      slowRead,
      report,
      balance,
      huge,
      payWith(outside, "pay_once", "once"),
      payWith(outside, "pay_again", "again"),
      payWith(outside, "pay", "evidence"),
    ],
    ports: (handle: Handle): Ports => ({
      gate,
      notes: {
        async add(userId, said) {
          await sql`insert into notes (user_id, word) values (${userId}, ${said})`.execute(handle);
        },
      },
    }),
  });
