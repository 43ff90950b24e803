import { type Clause, clausesOf, type Sentence, sentencesOf } from "./clauses.ts";
import { type Extraction, type Finding, FINDINGS_LIMIT, oneLine } from "./findings.ts";
import { samenessKey } from "./fold.ts";
import { caughtBy, denials, doubts } from "./guards.ts";
import { isInstruction } from "./instructions.ts";
import { liesIn, quotationsOf } from "./quotations.ts";
import { type OwnSection, type Place, placeOf, type Section, type Span } from "./sections.ts";
import { endOfPhrase, type Token } from "./tokens.ts";
import { type WishRule, wishRules } from "./wish-rules.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Words that may stand before a wish without changing whose it is. */
const OPENERS = words("hi hello hey so and but then well ok okay please thanks anyway plus ,");
const LIST_NUMBER = /^\d{1,2}$/;

const ARTICLES = words("a an the some any");
/** An object that begins so says nothing to anyone else, or belongs to the verb ("find out"). */
const VAGUE = words(
  "it this that these those them you him her me us myself ourselves nothing nobody none no neither not all everything what why how whatever out over up off away",
);
/** Alone, these are figures of speech: "I need a minute". */
const IDLE = words("minute moment second break nap rest coffee drink hug bit lot while miracle trouble");

/** A fragment with one of these before its relative clause is a sentence about looking, hiring or selling. */
const FINITE = words("is was are were can will has had takes took feels felt seems seemed makes made means meant");
const RELATIVE = words("who that which where whose to");

/** Longer than this is not one wish but a story with a wish in it. */
const CLEAR_LENGTH = 300;

const questions = wishRules.filter(({ form }) => form === "question");
const statements = wishRules.filter(({ form }) => form !== "question");

interface Match {
  readonly rule: WishRule;
  /** The words after the phrase: what is wanted. */
  readonly object: readonly Token[];
}

function matchOf(clause: Clause, asked: boolean): Match | undefined {
  const start = clause.tokens.findIndex(({ word }) => !OPENERS.has(word) && !LIST_NUMBER.test(word));
  for (const rule of asked ? questions : statements) {
    const end = endOfPhrase(rule.phrase, clause.tokens, start);
    const next = end === null ? undefined : clause.tokens[end];
    if (end !== null && next && (rule.then?.words.has(next.word) ?? true))
      return { rule, object: clause.tokens.slice(end) };
  }
  return undefined;
}

const isSentenceAbout = (object: readonly Token[]): boolean => {
  const relative = object.findIndex(({ word }) => RELATIVE.has(word));
  return object.slice(0, relative < 0 ? object.length : relative).some(({ word }) => FINITE.has(word));
};

function isPlain({ rule, object }: Match): boolean {
  const content = object.slice(rule.then?.verbs ? 1 : 0).filter(({ word }) => !ARTICLES.has(word));
  const first = content[0]?.word;
  const isIdle = content.length === 1 && IDLE.has(first ?? "");
  return first !== undefined && !VAGUE.has(first) && !isIdle && !(rule.form === "fragment" && isSentenceAbout(object));
}

const withoutEnd = (text: string): string => text.replace(/[\s.,;:!?…]{1,9}$/u, "");

/** The finding that a clause plainly is, or nothing. */
function findingOf(section: Section<OwnSection>, clause: Clause, asked: boolean): Finding | undefined {
  const match = matchOf(clause, asked);
  const from = match?.object[0]?.from;
  if (!match || from === undefined || !isPlain(match) || clause.to - clause.from > CLEAR_LENGTH) return undefined;
  const payload = withoutEnd(oneLine(`${match.rule.lead} ${section.text.slice(from, clause.to)}`));
  return { payload, summary: null, place: placeOf(section, clause) };
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** Long enough to say something, in a script with or without spaces. */
function isCandidate(text: string): boolean {
  let count = 0;
  for (const { isWordLike } of segmenter.segment(text)) {
    if (isWordLike) count += 1;
    if (count === 3) return true;
  }
  return false;
}

interface Reading {
  readonly findings: readonly Finding[];
  readonly suggestions: readonly Place[];
}

/**
 * What one sentence says: findings where it says them plainly, and as suggestions what else could be meant: the clauses
 * beside a finding, or else the sentence as a whole.
 * @param isOwn whether a clause is in the writer's own voice.
 */
function readSentence(section: Section<OwnSection>, sentence: Sentence, isOwn: (clause: Span) => boolean): Reading {
  const asked = sentence.text.endsWith("?");
  const doubtful = caughtBy(doubts, sentence.tokens);
  const read = clausesOf(sentence)
    .filter(({ tokens }) => !caughtBy(denials, tokens))
    .map((clause) => ({ clause, finding: doubtful || !isOwn(clause) ? undefined : findingOf(section, clause, asked) }));
  const findings = read.flatMap(({ finding }) => finding ?? []);
  const open = read.filter(({ finding }) => !finding).map(({ clause }) => clause);
  const suggested = findings.length > 0 ? open : open.slice(0, 1).map(() => sentence);
  return {
    findings,
    suggestions: suggested.map((span) => placeOf(section, span)).filter(({ quote }) => isCandidate(quote)),
  };
}

/**
 * What a section says, sentence by sentence, without what steers an assistant and what an answered mail said. Where a
 * sentence steers, nothing in the section counts as plainly the writer's any more.
 */
function readSection(section: Section<OwnSection>): readonly Reading[] {
  const quotations = quotationsOf(section.text);
  const sentences = sentencesOf(section.text);
  const honest = sentences.filter(({ text, tokens }) => !isInstruction(text, tokens));
  const steered = honest.length < sentences.length;
  return honest
    .filter(({ text }) => !text.startsWith(">"))
    .map((sentence) => readSentence(section, sentence, ({ from }) => !steered && !liesIn(quotations, from)));
}

/** Keeps the first of those that say the same. */
const distinct = (findings: readonly Finding[]): readonly Finding[] =>
  [...new Map(findings.toReversed().map((finding) => [samenessKey(finding.payload), finding])).values()].toReversed();

/**
 * The offline engine: what a rule of {@link wishRules} recognises becomes a finding; other sentences that could hold a
 * wish, in any language, become suggestions. It matches words and does not understand them.
 */
export function findWishes(sections: readonly Section<OwnSection>[]): Extraction {
  const readings = sections.flatMap(readSection);
  const findings = distinct(readings.flatMap((reading) => reading.findings));
  return {
    engine: "rules",
    findings: findings.slice(0, FINDINGS_LIMIT),
    suggestions: [
      ...readings.flatMap((reading) => reading.suggestions),
      ...findings.slice(FINDINGS_LIMIT).map((finding) => finding.place),
    ],
    rejected: [],
  };
}
