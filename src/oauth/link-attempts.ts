import type { Database } from "../database/handle.ts";
import type { RequestContext } from "../http/router.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Channel } from "../kernel/principal.ts";
import { createSealer, type Sealer } from "../kernel/seal.ts";
import { fixFor } from "./attempt-fixes.ts";
import { joinAttempt } from "./join-attempts.ts";
import { isMachineStep, type LinkStep, type PlacedNote } from "./link-attempt.ts";
import { deleteOldAttempts, storeNotes } from "./records/link-attempts.ts";

/** One step of an attempt, as the place where it ends tells of it. */
export interface AttemptNote {
  readonly step: LinkStep;
  /** The request that it came with, where it is known. */
  readonly requestId?: string;
  /** Where that came from; kept only as a keyed hash. */
  readonly address?: string;
  /** Why it failed; absent when it went well. */
  readonly error?: AppError;
  /** Of the authorization request, once there is one. */
  readonly attemptId?: string;
  readonly grantId?: string;
  readonly userId?: string;
  readonly clientId?: string;
  readonly clientName?: string;
  readonly channel?: Channel;
  readonly redirectUri?: string;
}

/** Where the steps of linking are written down, so that "why did it fail?" has an answer. */
export interface LinkAttempts {
  /** Never waits and never fails: a note that cannot be kept is dropped. */
  note(note: AttemptNote): void;
  /** Runs a step, and notes it when it is refused. @param facts what is known of it by then. */
  refused<T>(work: Promise<T>, facts: () => AttemptNote): Promise<T>;
  /** Everything noted so far is stored, or dropped. */
  settled(): Promise<void>;
  sweep(): Promise<void>;
}

interface AttemptParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly masterSecret: string;
  /** Told when notes could not be stored. */
  readonly report: (error: unknown) => void;
}

/** Where a request came from, for its note. */
export const cameFrom = (
  c: RequestContext,
  parts: { readonly clientAddress: (c: RequestContext) => string },
): Pick<AttemptNote, "requestId" | "address"> => ({ requestId: c.get("requestId"), address: parts.clientAddress(c) });

/** Notes gather for this long, so that a hundred links cost one transaction. */
const GATHER_MS = 100;
const MOST_WAITING = 500;
/** Notes of nobody in particular that one process takes in a second: a flood of them is no help to anyone. */
const ANONYMOUS_PER_SECOND = 25;
const DAY = 24 * 3600;

const timeOf = ({ entry }: PlacedNote): Date => new Date(entry.at);

const plain = (text: string, limit: number): string =>
  Array.from(text.replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim())
    .slice(0, limit)
    .join("");

/** Where an answer goes, without what follows its path and without a name or password. */
function placeOf(uri: string): string | null {
  const url = URL.parse(uri);
  return url === null ? null : plain(`${url.protocol}//${url.host}${url.pathname}`, 200);
}

function placed(note: AttemptNote, sealer: Sealer, now: Date): PlacedNote {
  const { step, error, requestId, address, clientId, clientName, redirectUri, ...ids } = note;
  const mac = address === undefined ? undefined : sealer.mac(address).toString("base64url");
  const redirect = redirectUri === undefined ? null : placeOf(redirectUri);
  return {
    ...ids,
    ...(clientId === undefined ? {} : { clientId: plain(clientId, 200) }),
    ...(clientName === undefined ? {} : { clientName: plain(clientName, 80) }),
    ...(redirect === null ? {} : { redirect }),
    ...(mac === undefined || step === "first_call" ? {} : isMachineStep(step) ? { machine: mac } : { browser: mac }),
    entry: {
      step,
      outcome: error === undefined ? "ok" : "failed",
      code: error?.code ?? null,
      reason: error === undefined ? null : plain(error.message, 300),
      fix: error === undefined ? null : plain(fixFor(step, error), 400),
      count: 1,
      at: now.toISOString(),
      requestId: requestId ?? null,
    },
  };
}

/** What any stranger can cause without end. */
const isAnonymous = ({ step, attemptId, grantId, userId }: AttemptNote): boolean =>
  grantId === undefined && userId === undefined && (attemptId === undefined || step === "authorize");

/** Lets so many through in each second. */
function perSecond(most: number): (now: Date) => boolean {
  let second = 0;
  let taken = 0;
  return (now) => {
    const current = Math.floor(now.getTime() / 1000);
    taken = current === second ? taken + 1 : 1;
    second = current;
    return taken <= most;
  };
}

/** A call that is refused again and again is told once in this time, in seconds. */
const CALLS_SECONDS = 60;
const MOST_CALLS = 1000;

/** Lets each first call that failed the same way through once in a while, so that a host that keeps trying writes little. */
function onceInAWhile(): (note: AttemptNote, now: Date) => boolean {
  const told = new Map<string, number>();
  return ({ step, grantId, error }, now) => {
    if (step !== "first_call" || error === undefined) return true;
    const key = `${grantId} ${error.code}`;
    if (now.getTime() < (told.get(key) ?? 0)) return false;
    told.delete(key);
    const [oldest] = told.keys();
    if (told.size >= MOST_CALLS && oldest !== undefined) told.delete(oldest);
    told.set(key, after(now, CALLS_SECONDS).getTime());
    return true;
  };
}

/** What is stored of a batch; it is called again and again until nothing waits. */
function createQueue(store: (batch: readonly PlacedNote[]) => Promise<void>) {
  let waiting: PlacedNote[] = [];
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const storeWaiting = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) await store(batch);
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    running = running.then(storeWaiting);
    return running;
  };
  return {
    flush,
    add(note: PlacedNote): void {
      if (waiting.length >= MOST_WAITING) return;
      waiting.push(note);
      timer ??= setTimeout(() => void flush(), GATHER_MS).unref();
    },
  };
}

/** See {@link LinkAttempts}. */
export function createLinkAttempts({ database, clock, masterSecret, report }: AttemptParts): LinkAttempts {
  const sealer = createSealer(masterSecret, "oauth/link-attempt");
  const mayPass = perSecond(ANONYMOUS_PER_SECOND);
  const isNews = onceInAWhile();
  const queue = createQueue(async (batch) => {
    await storeNotes(database, batch, (rows, note) => joinAttempt(rows, note, timeOf(note))).catch(report);
  });
  const note: LinkAttempts["note"] = (told) => {
    const now = clock();
    if (isNews(told, now) && (!isAnonymous(told) || mayPass(now))) queue.add(placed(told, sealer, now));
  };
  return {
    note,
    refused: (work, facts) =>
      work.catch((error: unknown) => {
        // What nobody foresaw is in the log; an attempt says that it is the server's fault, and no more.
        const shown = error instanceof AppError ? error : new AppError("internal", "Something went wrong on our side.");
        note({ ...facts(), error: shown });
        throw error;
      }),
    settled: queue.flush,
    async sweep() {
      const now = clock();
      const times = { anonymous: after(now, -2 * DAY), personal: after(now, -30 * DAY) };
      await deleteOldAttempts(database.handle, times, { anonymous: 5000, personal: 100 });
    },
  };
}
