import { randomUUID } from "node:crypto";
import { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { AppError } from "../kernel/errors.ts";
import type { Listener, Subscription } from "./handle.ts";

interface ListenParts {
  readonly url: string;
  readonly channel: string;
  readonly listener: Listener;
  /** Notifies a channel on another connection. */
  readonly notify: (channel: string) => Promise<void>;
  readonly report: (error: Error) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** For a database that takes a connection, or a statement, and then says nothing. */
const SILENT_MS = 10_000;
/** The same of one that is to end. */
const END_MS = 1_000;
/** Far longer than a notification takes, also on a database that is busy. */
const TRIAL_MS = 5_000;

/** A connection that listens. */
interface Listening {
  readonly client: pg.Client;
  readonly socket: Socket;
  /** Settles when it breaks. */
  readonly broken: Promise<void>;
}

/** @throws Error when the database does not answer. */
async function connect(parts: ListenParts, closed: AbortSignal): Promise<Listening> {
  const socket = new Socket();
  const client = new pg.Client({
    stream: () => socket,
    connectionString: parts.url,
    application_name: "bellhop listener",
    keepAlive: true,
    connectionTimeoutMillis: SILENT_MS,
    query_timeout: SILENT_MS,
  });
  const { promise: broken, resolve } = Promise.withResolvers<void>();
  client.on("error", (error) => {
    if (!closed.aborted) parts.report(error);
    resolve();
  });
  client.on("end", resolve);
  client.on("notification", ({ channel, payload = "" }) => {
    if (channel === parts.channel) parts.listener.message(payload);
  });
  const connecting = new AbortController();
  closed.addEventListener("abort", () => socket.destroy(), { signal: connecting.signal });
  try {
    await client.connect();
    // The channel is a name of ours; an identifier cannot be a parameter.
    await client.query(`listen ${client.escapeIdentifier(parts.channel)}`);
    closed.throwIfAborted();
  } catch (error) {
    await end({ client, socket });
    throw error;
  } finally {
    connecting.abort();
  }
  return { client, socket, broken };
}

/** Ends a connection, also one that is broken already, or at whose other end nobody answers. */
async function end({ client, socket }: Pick<Listening, "client" | "socket">): Promise<void> {
  const ended = new AbortController();
  const ending = client.end().catch(() => undefined);
  await Promise.race([ending, pause(END_MS, ended.signal)]);
  ended.abort();
  socket.destroy();
}

const pauseAfter = (failures: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);

/** Ends early, and no less well, when it is not waited for any more. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal }).catch(() => undefined);

/**
 * Sends a notification to itself by way of another connection: a pooler in transaction mode takes LISTEN and then passes
 * nothing on, which would show only in news that come late. Its time begins when it is sent.
 * @throws AppError `unavailable` when nothing comes.
 */
async function requireNotifications(parts: ListenParts, { client }: Listening): Promise<void> {
  const trial = `bellhop_trial_${randomUUID()}`;
  const came = Promise.withResolvers<void>();
  const over = new AbortController();
  let heard = false;
  const hear = ({ channel }: pg.Notification): void => {
    if (channel !== trial) return;
    heard = true;
    came.resolve();
  };
  client.on("notification", hear);
  try {
    await client.query(`listen ${client.escapeIdentifier(trial)}`);
    await parts.notify(trial);
    await Promise.race([came.promise, pause(TRIAL_MS, over.signal)]);
    // A process that stood still has not read yet what came: it is read before this is answered.
    await client.query(`unlisten ${client.escapeIdentifier(trial)}`);
  } finally {
    over.abort();
    client.off("notification", hear);
  }
  if (!heard) {
    throw new AppError("unavailable", "The connection at DATABASE_URL passes no notifications on.", {
      next: "Connect to PostgreSQL directly, or by a pooler in session mode.",
    });
  }
}

/**
 * Listens on a connection of its own, and connects again whenever that breaks. What was sent meanwhile is lost, so the
 * listener is told to look for itself.
 * @throws AppError `unavailable` when the connection passes no notifications on.
 */
export async function listenOnPostgres(parts: ListenParts): Promise<Subscription> {
  const closing = new AbortController();
  let current = await connect(parts, closing.signal);
  await requireNotifications(parts, current).catch(async (error: unknown) => {
    closing.abort();
    await end(current);
    throw error;
  });

  async function again(failures: number): Promise<void> {
    await pause(pauseAfter(failures), closing.signal);
    if (closing.signal.aborted) return;
    try {
      current = await connect(parts, closing.signal);
    } catch (error) {
      if (closing.signal.aborted) return;
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
      await end(current);
      await kept;
    },
  };
}
