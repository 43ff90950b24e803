import { streamed } from "../../http/streamed.ts";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import type { StreamPlace, StreamPlaces } from "./stream-places.ts";

interface Watch {
  readonly userId: string;
  readonly after?: string | undefined;
  readonly signal: AbortSignal;
}

/** One thing that happened, as a window gets it. */
export interface StreamEvent {
  /** Where a replay goes on: a UUID of the time of the event. */
  readonly id: string;
  readonly kind: "receipt" | "approval" | "job";
  readonly view: unknown;
}

/** What an event stream is made from. */
export interface EventStreamParts {
  /** A person's events as they come; `null` when nothing happened for a while. */
  watch(watch: Watch): AsyncGenerator<StreamEvent | null>;
  /** Whether the session that opened the stream still stands. */
  stillSignedIn(): Promise<boolean>;
  readonly places: StreamPlaces;
}

const encoder = new TextEncoder();
const line = (text: string): Uint8Array => encoder.encode(text);

/** One server-sent event; its id is where a replay goes on (HTML §9.2.6). */
const event = ({ id, kind, view }: StreamEvent): Uint8Array =>
  line(`id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(view)}\n\n`);

async function* events(parts: EventStreamParts, watch: Watch, place: StreamPlace): AsyncGenerator<Uint8Array> {
  try {
    yield line("retry: 2000\n\n");
    for await (const one of parts.watch(watch)) {
      // Asked each time: signing out everywhere must end a stream that is busy, too.
      if (!(await parts.stillSignedIn())) return;
      yield one ? event(one) : line(": quiet\n\n");
    }
    // A browser would come back by itself, and take the place of another: it has to be told.
    if (place.taken.aborted) yield line("event: elsewhere\ndata: {}\n\n");
  } finally {
    place.leave();
  }
}

/**
 * `GET /api/events`: the person's receipts as they close, what waits for them, and their jobs, each as it stands
 * (server-sent events). `Last-Event-ID` replays what was missed. An event `elsewhere` is the last one of a stream whose place a newer one took; who is looked at again may come back.
 * Some may come twice after a replay; the id in the data tells.
 * @throws AppError `invalid_request` for an id that is none of ours.
 */
export function eventStream(parts: EventStreamParts, userId: string, request: Request): Response {
  const last = request.headers.get("last-event-id") || undefined;
  if (last !== undefined && !isUuid(last))
    throw new AppError("invalid_request", "Last-Event-ID is not the id of an event.");
  const gone = new AbortController();
  const place = parts.places.take(userId);
  const signal = AbortSignal.any([gone.signal, request.signal, place.taken]);
  const body = streamed(events(parts, { userId, after: last, signal }, place), () => {
    place.leave();
    gone.abort();
  });
  const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
  return new Response(body, { headers });
}
