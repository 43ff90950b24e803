import { after } from "../kernel/clock.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { type AttemptState, type LinkAttempt, type PlacedNote, type StepEntry } from "./link-attempt.ts";

/** Two steps without an id in common belong together when they are this close, in seconds. */
const JOIN_SECONDS = 15 * 60;
/** For this long the attempts of one place are counted. */
export const COUNT_SECONDS = 3600;
/** Attempts of nobody in particular that one place may leave in that time; further ones are only counted. */
const MOST_FROM_ONE_PLACE = 40;
const MOST_STEPS = 24;

/** Whether only client, place and time can tell which attempt a step belongs to. */
export const isGuessed = ({ attemptId, grantId, entry }: PlacedNote): boolean =>
  (attemptId === undefined && grantId === undefined) || entry.step === "authorize";

const has = (row: LinkAttempt, step: StepEntry["step"]): boolean =>
  row.steps.some((entry) => entry.step === step && entry.outcome === "ok");

const same = (value: string | null, given: string | null | undefined): boolean => value !== null && value === given;

/** The person has neither allowed nor declined yet. */
const isWaiting = (row: LinkAttempt): boolean =>
  row.grantId === null && !has(row, "consent") && !row.steps.some(({ code }) => code === "access_denied");

/** How a step without a common id finds its attempt: hosts send no cookie, so client, place and time have to tell. */
type Guess = (recent: readonly LinkAttempt[], note: PlacedNote) => LinkAttempt | undefined;

const looked: Guess = (recent, { machine }) =>
  recent.find((row) => row.requestId === null && row.clientId === null && same(row.machine, machine));

/** A program on the person's own machine looks and opens the browser from one place. */
const asked: Guess = (recent, { clientId, browser }) =>
  recent.find(
    (row) =>
      same(row.clientId, clientId) &&
      row.userId === null &&
      isWaiting(row) &&
      (row.browser === null || same(row.browser, browser)),
  ) ??
  recent.find(
    (row) =>
      row.requestId === null && row.clientId === null && (same(row.machine, browser) || same(row.browser, browser)),
  );

const decided: Guess = (recent, { browser }) =>
  recent.find((row) => row.requestId !== null && same(row.browser, browser) && isWaiting(row));

const fetched: Guess = (recent, { clientId, machine }) =>
  recent.find((row) => same(row.clientId, clientId) && has(row, "consent")) ??
  recent.find((row) => same(row.clientId, clientId) && same(row.machine, machine));

const guesses: Readonly<Record<StepEntry["step"], Guess>> = {
  discovery: looked,
  registration: looked,
  authorize: asked,
  sign_in: decided,
  consent: decided,
  token: fetched,
  first_call: () => undefined,
};

/** Steps that begin an attempt when there is none to go on with; the others need one, or their own request's id. */
const canBegin = ({ entry, attemptId }: PlacedNote): boolean =>
  attemptId !== undefined || ["discovery", "registration", "authorize", "token"].includes(entry.step);

function find(rows: readonly LinkAttempt[], note: PlacedNote, now: Date): LinkAttempt | undefined {
  const named =
    rows.find((row) => same(row.requestId, note.attemptId)) ?? rows.find((row) => same(row.grantId, note.grantId));
  if (named) return named;
  const since = after(now, -JOIN_SECONDS);
  const recent = rows
    .filter((row) => row.grantId === null && row.lastAt > since)
    .toSorted((a, b) => b.lastAt.getTime() - a.lastAt.getTime());
  if (isGuessed(note)) return guesses[note.entry.step](recent, note);
  // An id that no row has yet: it may go on with what its client began, where that became no other request.
  return recent.find((row) => row.requestId === null && same(row.clientId, note.clientId));
}

function withStep(steps: readonly StepEntry[], entry: StepEntry): readonly StepEntry[] {
  const isSame = (other: StepEntry): boolean =>
    other.step === entry.step && other.outcome === entry.outcome && other.code === entry.code;
  const before = steps.find(isSame);
  if (before) return [...steps.filter((other) => other !== before), { ...entry, count: before.count + 1 }];
  return steps.length < MOST_STEPS ? [...steps, entry] : steps;
}

/** What happened last decides; as long as nothing failed, how far it came. */
function stateOf(row: Pick<LinkAttempt, "steps">, last: StepEntry): AttemptState {
  if (last.outcome === "failed") return "failed";
  const came = new Set(row.steps.filter(({ outcome }) => outcome === "ok").map(({ step }) => step));
  return came.has("first_call") ? "working" : came.has("token") ? "linked" : "open";
}

function told(row: LinkAttempt, note: PlacedNote, now: Date): LinkAttempt {
  const steps = withStep(row.steps, note.entry);
  return {
    ...row,
    requestId: note.attemptId ?? row.requestId,
    grantId: row.grantId ?? note.grantId ?? null,
    userId: note.userId ?? row.userId,
    clientId: note.clientId ?? row.clientId,
    clientName: note.clientName ?? row.clientName,
    channel: note.channel ?? row.channel,
    redirect: note.redirect ?? row.redirect,
    machine: row.machine ?? note.machine ?? null,
    browser: row.browser ?? note.browser ?? null,
    steps,
    state: stateOf({ steps }, note.entry),
    lastAt: now,
  };
}

const begin = (now: Date): LinkAttempt => ({
  id: uuidv7(now),
  requestId: null,
  grantId: null,
  userId: null,
  clientId: null,
  clientName: null,
  channel: null,
  redirect: null,
  machine: null,
  browser: null,
  state: "open",
  steps: [],
  folded: 0,
  startedAt: now,
  lastAt: now,
});

/** The newest attempt of a place that has left too many of nobody in particular, so that no stranger fills the table. */
function crowded(rows: readonly LinkAttempt[], note: PlacedNote, now: Date): LinkAttempt | undefined {
  if (note.userId) return undefined;
  const place = note.machine ?? note.browser;
  const since = after(now, -COUNT_SECONDS);
  const from = rows.filter(
    (row) => row.userId === null && row.lastAt > since && (same(row.machine, place) || same(row.browser, place)),
  );
  if (from.length < MOST_FROM_ONE_PLACE) return undefined;
  return from.toSorted((a, b) => b.lastAt.getTime() - a.lastAt.getTime())[0];
}

/**
 * What is different after a step was noted: the attempt that it belongs to, a new one, or one that counts it where there
 * are too many of one place. Nothing for a step that belongs to none, such as a sign-in that is no part of linking.
 * @param rows every attempt that it may belong to.
 */
export function joinAttempt(rows: readonly LinkAttempt[], note: PlacedNote, now: Date): LinkAttempt | undefined {
  const found = find(rows, note, now);
  if (found) return told(found, note, now);
  if (!canBegin(note)) return undefined;
  const crowd = crowded(rows, note, now);
  return crowd ? { ...crowd, folded: crowd.folded + 1 } : told(begin(now), note, now);
}
