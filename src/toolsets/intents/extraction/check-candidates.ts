import { type Extraction, type Finding, oneLine, type Rejection } from "./findings.ts";
import { type Folded, fold, locate, samenessKey } from "./fold.ts";
import { isInstruction } from "./instructions.ts";
import { type OwnSection, type Place, placeOf, type Section } from "./sections.ts";

/** An intent as the calling assistant proposes it, with the words that it took it from. */
export interface Candidate {
  readonly payload: string;
  readonly summary?: string | undefined;
  readonly quote: string;
}

interface Readable {
  readonly section: Section<OwnSection>;
  readonly folded: Folded;
}

const LETTERS = /[\p{L}\p{N}]/gu;
const hasLetters = (text: string, least: number): boolean => (text.match(LETTERS)?.length ?? 0) >= least;

function placeIn(own: readonly Readable[], quote: string): Place | undefined {
  for (const { section, folded } of own) {
    const span = locate(folded, quote);
    if (span) return placeOf(section, span);
  }
  return undefined;
}

/** Why a candidate cannot stand, or where it stands. */
function check(candidate: Candidate, own: readonly Readable[], context: readonly Folded[]): Place | string {
  if (!hasLetters(candidate.payload, 1)) return "The payload says nothing.";
  if (!hasLetters(candidate.quote, 3)) return "The quote is too short to show anything.";
  if (isInstruction(candidate.quote) || isInstruction(candidate.payload))
    return "It is an instruction to an assistant, not something that the person wants.";
  const place = placeIn(own, candidate.quote);
  if (place) return place;
  return context.some((text) => locate(text, candidate.quote))
    ? "The quote stands only in the context; intents are taken from fullInputText and rawText alone."
    : "The quote is not in what was read of fullInputText and rawText.";
}

/**
 * The host engine: the calling assistant understood the text, and each of its proposals must show the words that it
 * comes from. That stops inventions; what a payload makes of its quote stays the assistant's, so both are stored.
 */
export function checkCandidates(
  candidates: readonly Candidate[],
  own: readonly Section<OwnSection>[],
  context: readonly Section[],
): Extraction {
  const readable = own.map((section) => ({ section, folded: fold(section.text) }));
  const surroundings = context.map(({ text }) => fold(text));
  const findings = new Map<string, Finding>();
  const rejected: Rejection[] = [];
  for (const candidate of candidates) {
    const payload = oneLine(candidate.payload);
    const place = check(candidate, readable, surroundings);
    const key = samenessKey(payload);
    if (typeof place === "string") rejected.push({ payload, reason: place });
    else if (!findings.has(key))
      findings.set(key, { payload, summary: oneLine(candidate.summary ?? "") || null, place });
  }
  return { engine: "host", findings: [...findings.values()], suggestions: [], rejected };
}
