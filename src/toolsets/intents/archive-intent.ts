import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { Intents } from "./records/intents.ts";

const input = z.object({
  intentId: z.string().min(1).max(200).describe("The id of an intent, from extract_intent."),
  undo: z.boolean().optional().describe("True takes an earlier archiving back."),
});

const output = z.object({ intentId: z.string(), archived: z.boolean() });

async function archive(intents: Intents, userId: string, intentId: string, now: Date): Promise<string> {
  const archived = await intents.archive(userId, intentId, now);
  if (!archived) throw unknownIntent();
  return `Archived ${JSON.stringify(archived.payload)}. To take it back, call archive_intent with intentId ${intentId} and undo true.`;
}

async function restore(intents: Intents, userId: string, intentId: string): Promise<string> {
  const restored = await intents.restore(userId, intentId);
  if (!restored) throw unknownIntent();
  if ("payload" in restored) return `${JSON.stringify(restored.payload)} is active.`;
  throw new AppError("conflict", "The same intent was stored again since and is active.", {
    details: { intentId: restored.twinId },
  });
}

/** Somebody else's intent and one that never was get the same answer. */
const unknownIntent = (): AppError => new AppError("not_found", "You have no intent with this id.");

/** Takes an intent out of the active ones, or back; the widget's Remove and Undo. */
export const archiveIntent = defineTool({
  name: "archive_intent",
  title: "Archive an intent",
  description:
    "Use this when the user no longer wants one of their stored intents, or wants an archived one back (undo). Nothing is deleted.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: ["write"],
  audience: "assistant",
  labels: { invoking: "Updating the intent...", invoked: "Intent updated" },
  examples: ["Remove the intent about the drummer", "I no longer need a flat", "Undo that"],
  input,
  output,
  async run({ intentId, undo = false }, { principal, now, intents }: Call & { intents: Intents }) {
    if (!isUuid(intentId)) throw unknownIntent();
    const text = undo
      ? await restore(intents, principal.userId, intentId)
      : await archive(intents, principal.userId, intentId, now);
    return { text, data: { intentId, archived: !undo } };
  },
});
