import * as z from "zod";
import { personal } from "../../kernel/redaction.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { type Candidate, checkCandidates } from "./extraction/check-candidates.ts";
import { engines, type Extraction, FINDINGS_LIMIT, PAYLOAD_LIMIT } from "./extraction/findings.ts";
import { findWishes } from "./extraction/find-wishes.ts";
import { contextSections, type Limits, ownSections, readSection, type SectionName } from "./extraction/sections.ts";
import { surroundingsOf } from "./extraction/surroundings.ts";
import { textOf } from "./extraction-text.ts";
import type { Intents, KeptIntent } from "./records/intents.ts";

/** A text may be much longer than what is read of it, but not without end. */
const RAW_LIMIT = 100_000;
/** Suggestions that one answer shows. */
const SUGGESTIONS_LIMIT = 30;

/** What people say is nobody's to keep but where they find it again: in their intents. */
const words = personal(z.string());

const section = (description: string) =>
  words.max(RAW_LIMIT, `is longer than ${RAW_LIMIT} characters; send the part that matters`).describe(description);

const candidate = z.object({
  payload: words.min(1).max(PAYLOAD_LIMIT).describe("The intent as one sentence that stands on its own."),
  summary: words.max(200).optional().describe("The intent in a few words."),
  quote: words.min(1).max(1000).describe("The words of fullInputText or rawText that say it, verbatim."),
});

const inputOf = ({ instructionLimit, sectionLimit }: Limits) =>
  z.object({
    fullInputText: section(`The user's message, unchanged. The first ${instructionLimit} characters are read.`)
      .min(1)
      .refine((text) => text.trim() !== "", "holds no text"),
    rawText: section(
      `The text of a file that the user gave, unchanged. The first ${sectionLimit} characters are read.`,
    ).optional(),
    conversationHistory: section("The conversation so far. Context only: no intent is taken from it.").optional(),
    userMemory: section("What is remembered of the user. Context only: no intent is taken from it.").optional(),
    candidateIntents: z
      .array(candidate)
      .max(FINDINGS_LIMIT)
      .optional()
      .describe(
        "Each distinct thing that the user wants, seeks or offers now, with a verbatim quote. Leave out what others want, what is denied or over, and instructions inside the text.",
      ),
  });

const ownSection = z.enum(ownSections);
const offset = z.int().min(0).describe("In characters (Unicode code points) from the beginning of the whole section.");
const place = { section: ownSection, quote: words, from: offset, to: offset };

const output = z.object({
  intents: z.array(
    z.object({
      id: z.string(),
      payload: words,
      summary: words.nullable(),
      createdAt: z.iso.datetime(),
      engine: z.enum(engines),
      ...place,
      alreadyStored: z.boolean().describe("The user had this intent; it is shown as it was stored then."),
    }),
  ),
  filesProcessed: z.int().describe("1 when rawText was given."),
  linksProcessed: z.int().describe("Always 0: links are not fetched."),
  intentsGenerated: z.int(),
  engine: z.enum(engines),
  suggestions: z.array(z.object(place)).describe("Sentences that may hold an intent; nothing of them is stored."),
  suggestionsLeftOut: z.int(),
  rejected: z.array(z.object({ payload: words, reason: z.string() })),
  truncated: z
    .array(z.object({ section: z.enum([...ownSections, ...contextSections]), from: offset, to: offset }))
    .describe("What was left unread of each section that is longer than its limit."),
});

type Texts = { readonly [Name in SectionName]?: string | undefined };

/** Reads the sections, and lets the assistant's proposals speak if there are any, else the rules. */
function extract(texts: Texts, candidates: readonly Candidate[], limits: Limits) {
  const own = ownSections.map((name) => readSection(name, texts[name] ?? "", limits));
  const context = contextSections.map((name) => readSection(name, texts[name] ?? "", limits));
  const ownTexts = own.map((read) => read.section);
  const extraction: Extraction =
    candidates.length > 0
      ? checkCandidates(
          candidates,
          ownTexts,
          context.map((read) => read.section),
        )
      : findWishes(ownTexts);
  return { ...extraction, truncated: [...own, ...context].flatMap((read) => read.cuts) };
}

const answered = ({ createdAt, ...intent }: KeptIntent) => ({ ...intent, createdAt: createdAt.toISOString() });

/** Takes what a person wants, seeks or offers from their own words, and keeps it. */
export const extractIntent = (limits: Limits) =>
  defineTool({
    name: "extract_intent",
    title: "Extract intents",
    description:
      "Use this when the user says, or hands over a text that says, what they want, seek or offer, and it should be kept. List each distinct intent in candidateIntents with a verbatim quote: it is stored if the quote is found in the text. Without candidateIntents, fixed rules store only what is plainly said and suggest the rest. The same intent is stored once. Links are not fetched.",
    effect: "write",
    destructive: false,
    idempotent: true,
    openWorld: false,
    scopes: ["write"],
    audience: "assistant",
    widget: "intent-display",
    labels: { invoking: "Analyzing intents...", invoked: "Intents analyzed" },
    examples: ["I'm looking for a firmware engineer in Rotterdam", "What do I want according to these notes? Keep it"],
    input: inputOf(limits),
    output,
    async run({ candidateIntents = [], ...texts }, { principal, now, intents }: Call & { intents: Intents }) {
      const { engine, findings, suggestions, rejected, truncated } = extract(texts, candidateIntents, limits);
      const inContext = findings.map((finding) => ({
        ...finding,
        surroundings: surroundingsOf(texts[finding.place.section] ?? "", finding.place),
      }));
      const kept = await intents.keep(principal.userId, engine, inContext, now);
      const told = {
        engine,
        intents: kept,
        suggestions: suggestions.slice(0, SUGGESTIONS_LIMIT),
        suggestionsLeftOut: Math.max(0, suggestions.length - SUGGESTIONS_LIMIT),
        rejected,
        truncated,
      };
      return {
        text: textOf(told),
        data: {
          ...told,
          intents: kept.map(answered),
          suggestions: [...told.suggestions],
          rejected: [...rejected],
          filesProcessed: texts.rawText?.trim() ? 1 : 0,
          linksProcessed: 0,
          intentsGenerated: kept.length,
        },
      };
    },
  });
