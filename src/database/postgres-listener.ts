import pg from "pg";
import type { Listener, Subscription } from "./handle.ts";

interface ListenParts {
  readonly url: string;
  readonly channel: string;
  readonly listener: Listener;
  readonly report: (error: Error) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** One connection that listens; rejects when it breaks. */
async function connect(parts: ListenParts, closed: AbortSignal): Promise<{ client: pg.Client; broken: Promise<void> }> {
  const client = new pg.Client({ connectionString: parts.url, application_name: "bellhop listener", keepAlive: true });
  const { promise: broken, resolve } = Promise.withResolvers<void>();
  client.on("error", (error) => {
    if (!closed.aborted) parts.report(error);
    resolve();
  });
  client.on("end", resolve);
  client.on("notification", (note) => parts.listener.message(note.payload ?? ""));
  await client.connect();
  // The channel is a name of ours; an identifier cannot be a parameter.
  await client.query(`listen ${client.escapeIdentifier(parts.channel)}`);
  return { client, broken };
}

const pauseAfter = (failures: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);

function pause(ms: number, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    closed.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Listens on a connection of its own, and connects again whenever that breaks. What was sent meanwhile is lost, so the
 * listener is told to look for itself.
 */
export async function listenOnPostgres(parts: ListenParts): Promise<Subscription> {
  const closing = new AbortController();
  let current = await connect(parts, closing.signal);

  async function again(failures: number): Promise<void> {
    await pause(pauseAfter(failures), closing.signal);
    if (closing.signal.aborted) return;
    try {
      current = await connect(parts, closing.signal);
    } catch (error) {
      parts.report(error instanceof Error ? error : new Error("The listener could not connect."));
      return again(failures + 1);
    }
    parts.listener.resumed();
  }

  async function keep(): Promise<void> {
    while (!closing.signal.aborted) {
      await current.broken;
      if (!closing.signal.aborted) await again(0);
    }
  }

  const kept = keep();
  return {
    async close() {
      closing.abort();
      await current.client.end().catch(() => undefined);
      await kept;
    },
  };
}
