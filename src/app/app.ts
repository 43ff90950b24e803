import type { EmbeddedMailbox } from "../adapters/mail/embedded-mailbox.ts";
import type { Config } from "../config/config.ts";
import { masterSecretOf, openDataDirectory } from "../database/data-directory.ts";
import type { Database } from "../database/handle.ts";
import { isLoopbackHost } from "../kernel/loopback.ts";
import { listen } from "../http/server.ts";
import { openCommandSocket } from "./command-socket.ts";
import { mount } from "./mount.ts";
import { openMigrated } from "./open-migrated.ts";
import { createOperatorCommands } from "./operator-commands.ts";
import type { AppParts } from "./parts.ts";
import { receiptFileOf } from "./receipt-file.ts";
import { reporter } from "./reporter.ts";
import { buildRooms } from "./rooms.ts";
import { idleCaps } from "./spending-notes.ts";
import { startSweeps } from "./sweeps.ts";

const GRACE_MS = 10_000;

/** A running server. */
export interface App {
  readonly port: number;
  readonly baseUrl: string;
  readonly mcpUrl: string;
  /** True when no mail server is set. */
  readonly codesStayHere: boolean;
  /** The mailbox page with its key; null when a mail server carries the codes, or others could reach the page. */
  readonly mailboxUrl: string | null;
  readonly dataDirectory: string;
  readonly engine: Database["engine"];
  close(): Promise<void>;
}

/** Where the mailbox can be read: nowhere when others could reach the page. */
const mailboxUrl = (config: Config, mailbox: EmbeddedMailbox | null): string | null =>
  mailbox && isLoopbackHost(new URL(config.baseUrl).hostname) ? `${config.baseUrl}/mailbox?key=${mailbox.key}` : null;

/**
 * Starts the server: opens the database, migrates it, builds the rooms, listens.
 * @throws AppError with a sentence for the operator and the next step; nothing is left open or locked.
 */
export async function startApp(parts: AppParts): Promise<App> {
  const { config, log } = parts;
  const clock = parts.clock ?? (() => new Date());
  const directory = openDataDirectory(config.dataDirectory);
  const database = await openMigrated(config, directory, clock, log);
  const closers: (() => unknown)[] = [() => database.close()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const masterSecret = config.secret ?? masterSecretOf(directory);
    const rooms = await buildRooms(parts, database, masterSecret, clock);
    const tools = rooms.toolsets.flatMap((toolset) => toolset.tools);
    for (const warning of idleCaps(config.spending.caps, tools)) log.warn({}, warning);
    closers.push(
      // A lane that cannot be given back is free again in half a minute.
      () => rooms.ledger.release().catch(() => undefined),
      () => rooms.oauth.attempts.settled(),
      () => rooms.callLimits.close(),
      () => rooms.feed.close(),
      () => rooms.jobs.close(),
      () => rooms.outbox.stop(),
      () => rooms.jobs.stop(),
      () => rooms.runner.stop(),
    );
    await rooms.outbox.start();
    await rooms.runner.start();
    const server = await listen(mount(parts, rooms, database, clock), config.host, config.port);
    // The feed ends first, so that the server need not wait for streams that are open.
    closers.push(
      () => server.close(GRACE_MS),
      startSweeps(rooms, log),
      () => rooms.feed.close(),
    );
    const commands = createOperatorCommands({
      database,
      clock,
      config,
      masterSecret,
      tierChanged: rooms.entitlements.changed,
    });
    const receiptFile = (user: string) => receiptFileOf({ database, clock, checkpoints: rooms.checkpoints }, user);
    const socket = await openCommandSocket(database, directory, server.port, commands, receiptFile, reporter(log));
    if (socket) closers.push(() => socket.close(GRACE_MS));
    return {
      port: server.port,
      baseUrl: config.baseUrl,
      mcpUrl: `${config.baseUrl}/mcp`,
      codesStayHere: rooms.mailbox !== null,
      mailboxUrl: mailboxUrl(config, rooms.mailbox),
      dataDirectory: directory.path,
      engine: database.engine,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
