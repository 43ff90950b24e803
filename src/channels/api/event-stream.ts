import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import type { Receipt } from "../../kernel/receipt.ts";
import { receiptView } from "./receipt-view.ts";

/** What an event stream is made from. */
export interface EventStreamParts {
  watch(watch: { userId: string; after?: string | undefined; signal: AbortSignal }): AsyncGenerator<Receipt | null>;
  /** Whether the session that opened the stream still stands. */
  stillSignedIn(): Promise<boolean>;
}

const encoder = new TextEncoder();
const line = (text: string): Uint8Array => encoder.encode(text);

/** One receipt as a server-sent event; its id is where a replay goes on (HTML §9.2.6). */
const event = (receipt: Receipt): Uint8Array =>
  line(`id: ${receipt.id}\nevent: receipt\ndata: ${JSON.stringify(receiptView(receipt))}\n\n`);

async function* events(
  parts: EventStreamParts,
  userId: string,
  last: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  yield line("retry: 2000\n\n");
  for await (const receipt of parts.watch({ userId, after: last, signal })) {
    // Asked each time: signing out everywhere must end a stream that is busy, too.
    if (!(await parts.stillSignedIn())) return;
    yield receipt ? event(receipt) : line(": quiet\n\n");
  }
}

/**
 * `GET /api/events`: the person's receipts as they close (server-sent events). `Last-Event-ID` replays what was missed.
 * Some receipts may come twice after a replay; the id tells.
 * @throws AppError `invalid_request` for an id that is none of ours.
 */
export function eventStream(parts: EventStreamParts, userId: string, request: Request): Response {
  const last = request.headers.get("last-event-id") || undefined;
  if (last !== undefined && !isUuid(last))
    throw new AppError("invalid_request", "Last-Event-ID is not the id of an event.");
  const gone = new AbortController();
  const source = events(parts, userId, last, AbortSignal.any([gone.signal, request.signal]));
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await source.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      gone.abort();
      await source.return(undefined);
    },
  });
  const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
  return new Response(body, { headers });
}
