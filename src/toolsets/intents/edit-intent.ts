import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import { personal } from "../../kernel/redaction.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { engines, oneLine, PAYLOAD_LIMIT } from "./extraction/findings.ts";
import { ownSections } from "./extraction/sections.ts";
import type { Intents } from "./records/intents.ts";

const words = (longest: number) =>
  z
    .string()
    .max(longest, `is longer than ${longest} characters`)
    .transform(oneLine)
    .refine((text) => text !== "", "holds no text");

const input = z.object({
  intentId: z.string().min(1).max(200).describe("The id of an active intent."),
  payload: personal(words(PAYLOAD_LIMIT)).describe("The intent in one sentence."),
  summary: personal(words(200)).nullish().describe("The intent in a few words."),
});

const output = z.object({
  id: z.string(),
  payload: personal(z.string()),
  summary: personal(z.string()).nullable(),
  engine: z.enum(engines),
  section: z.enum(ownSections),
  context: personal(z.object({ before: z.string(), quote: z.string(), after: z.string() })),
  createdAt: z.iso.datetime(),
  archivedAt: z.null(),
});

/** Puts an intent in the person's own words. Their own action: what they said stays as the quote. */
export const editIntent = defineTool({
  name: "edit_intent",
  title: "Edit an intent",
  description: "Puts one of your intents in other words. The quote that it came from stays.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input,
  output,
  async run({ intentId, payload, summary = null }, { principal, intents }: Call & { intents: Intents }) {
    const edited = isUuid(intentId) ? await intents.edit(principal.userId, intentId, { payload, summary }) : null;
    if (!edited) throw new AppError("not_found", "You have no active intent with this id.");
    if ("twinId" in edited) {
      throw new AppError("conflict", "You have another active intent in these words.", {
        details: { intentId: edited.twinId },
      });
    }
    const { id, engine, section, before, quote, after, createdAt } = edited.intent;
    const context = { before, quote, after };
    const times = { createdAt: createdAt.toISOString(), archivedAt: null };
    return { text: "The intent is changed.", data: { id, payload, summary, engine, section, context, ...times } };
  },
});
