import { type Phrase, phraseOf } from "./tokens.ts";

/** Words that may come next, and whether they are verbs. */
interface WordClass {
  readonly words: ReadonlySet<string>;
  readonly verbs: boolean;
}

/**
 * How a person plainly says that they want, seek or offer something now. Each phrase stands at the beginning of a clause
 * and speaks of the writer, so that a wish which is denied, over, or somebody else's matches none: "I am not looking for",
 * "I was looking for" and "my sister is looking for" are different words. What these rules do not know is offered as a
 * suggestion, so a rule is worth adding only if it is right wherever it matches.
 */
export interface WishRule {
  readonly name: string;
  readonly phrase: Phrase;
  /** What the first word after the phrase must be; null where anything may follow. */
  readonly then: WordClass | null;
  /** What the stored intent begins with; the person's own words follow. */
  readonly lead: string;
  /** `question`: asks others, with a question mark. `fragment`: has no subject and may turn out to be one. */
  readonly form: "statement" | "fragment" | "question";
  readonly example: string;
  /** The intent that the example becomes. */
  readonly payload: string;
}

const things = (words: string): WordClass => ({ words: new Set(words.split(" ")), verbs: false });
const verbs = (words: string): WordClass => ({ words: new Set(words.split(" ")), verbs: true });

const THING = things(
  "a an another some any two three four five six seven eight nine ten several few help advice tips feedback volunteers someone somebody",
);
const OWN_THING = things("a an my our two three some several");
const PERSON_OR_THING = things("a an any someone somebody people good");
const GOAL = verbs(
  "find meet hire recruit buy sell rent borrow join learn launch partner collaborate connect volunteer invest practise practice organise organize host publish acquire adopt open start build secure expand exchange explore",
);
const SERVICE = verbs("help teach mentor tutor coach advise host lend review");

interface RuleDraft extends Pick<WishRule, "lead" | "example" | "payload"> {
  readonly then?: WordClass;
  readonly form?: WishRule["form"];
}

const rule = (name: string, phrase: string, draft: RuleDraft): WishRule => ({
  then: null,
  form: "statement",
  ...draft,
  name,
  phrase: phraseOf(phrase),
});

/** In order: the first that matches a clause speaks for it. */
export const wishRules: readonly WishRule[] = [
  rule("looking for", "i|we am|are|have been? looking|searching|hunting|scouting for", {
    lead: "Looking for",
    example: "I'm still looking for a cellist in Graz.",
    payload: "Looking for a cellist in Graz",
  }),
  rule("trying to", "i|we am|are looking|trying|hoping|planning|aiming|keen|eager to", {
    then: GOAL,
    lead: "Wants to",
    example: "We are hoping to meet other parents.",
    payload: "Wants to meet other parents",
  }),
  rule("needing", "i|we need|want|require|seek", {
    then: THING,
    lead: "Looking for",
    example: "We need volunteers for the food drive.",
    payload: "Looking for volunteers for the food drive",
  }),
  rule("would like something", "i|we would like|love|appreciate|welcome|value", {
    then: THING,
    lead: "Looking for",
    example: "I'd really appreciate feedback on my landing page.",
    payload: "Looking for feedback on my landing page",
  }),
  rule("could use", "i|we could use", {
    then: THING,
    lead: "Looking for",
    example: "We could use some advice on grants.",
    payload: "Looking for some advice on grants",
  }),
  rule("would be grateful for", "i|we would be grateful|thankful|glad for", {
    then: THING,
    lead: "Looking for",
    example: "I would be grateful for an introduction.",
    payload: "Looking for an introduction",
  }),
  rule("would like to", "i|we would like|love to", {
    then: GOAL,
    lead: "Wants to",
    example: "I'd love to join a choir.",
    payload: "Wants to join a choir",
  }),
  rule("wanting to", "i|we need|want|hope|plan|intend|wish|aim to", {
    then: GOAL,
    lead: "Wants to",
    example: "We want to open a repair shop.",
    payload: "Wants to open a repair shop",
  }),
  rule("a goal", "my|our goal|aim|dream|priority|mission is to", {
    then: GOAL,
    lead: "Wants to",
    example: "Our goal is to find ten pilot customers.",
    payload: "Wants to find ten pilot customers",
  }),
  rule("seeking", "i|we am|are|have been? seeking|sourcing", {
    lead: "Looking for",
    example: "We are seeking partners in Ghana.",
    payload: "Looking for partners in Ghana",
  }),
  rule("hiring", "i|we am|are hiring|recruiting", {
    then: THING,
    lead: "Hiring",
    example: "We're hiring two cooks.",
    payload: "Hiring two cooks",
  }),
  rule("interested in", "i|we am|are interested in", {
    lead: "Interested in",
    example: "I am very interested in restoring clocks.",
    payload: "Interested in restoring clocks",
  }),
  rule("able to help", "i|we can|could", {
    then: SERVICE,
    lead: "Offers to",
    example: "I can teach adults to swim.",
    payload: "Offers to teach adults to swim",
  }),
  rule("happy to help", "i|we am|are happy|glad|willing|available to", {
    then: SERVICE,
    lead: "Offers to",
    example: "I'm happy to mentor young lawyers.",
    payload: "Offers to mentor young lawyers",
  }),
  rule("offering", "i|we am|are|can|could offering|offer", {
    lead: "Offers",
    example: "We can offer a desk by the window.",
    payload: "Offers a desk by the window",
  }),
  rule("selling", "i|we am|are selling", {
    then: OWN_THING,
    lead: "Selling",
    example: "I am selling my old loom.",
    payload: "Selling my old loom",
  }),
  rule("available for", "i|we am|are available for", {
    lead: "Available for",
    example: "I'm available for night shifts in May.",
    payload: "Available for night shifts in May",
  }),
  rule("fragment: looking for", "looking|searching for", {
    form: "fragment",
    lead: "Looking for",
    example: "Looking for a room near the harbour.",
    payload: "Looking for a room near the harbour",
  }),
  rule("fragment: seeking", "seeking", {
    form: "fragment",
    then: THING,
    lead: "Looking for",
    example: "Seeking a technical co-founder.",
    payload: "Looking for a technical co-founder",
  }),
  rule("fragment: hiring", "hiring", {
    form: "fragment",
    then: THING,
    lead: "Hiring",
    example: "Hiring a night nurse!",
    payload: "Hiring a night nurse",
  }),
  rule("fragment: keen to", "keen|hoping|looking to", {
    form: "fragment",
    then: GOAL,
    lead: "Wants to",
    example: "Also keen to join a book club.",
    payload: "Wants to join a book club",
  }),
  rule("fragment: selling", "selling", {
    form: "fragment",
    then: OWN_THING,
    lead: "Selling",
    example: "Selling my road bike.",
    payload: "Selling my road bike",
  }),
  rule("label: wanted", "wanted|want|need|needed|needs|seeking|iso :", {
    form: "fragment",
    lead: "Looking for",
    example: "Wanted: drummer for Thursdays",
    payload: "Looking for drummer for Thursdays",
  }),
  rule("label: offered", "offer|offers|offering|offered :", {
    form: "fragment",
    lead: "Offers",
    example: "Offering: lessons in Basque",
    payload: "Offers lessons in Basque",
  }),
  rule("asking everyone", "can|could|does|would anyone|anybody|someone recommend|suggest|know", {
    form: "question",
    then: PERSON_OR_THING,
    lead: "Looking for",
    example: "Can anyone recommend a dentist?",
    payload: "Looking for a dentist",
  }),
];
