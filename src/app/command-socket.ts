import { createCommandChannel } from "../channels/cli/command-channel.ts";
import type { DataDirectory } from "../database/data-directory.ts";
import type { Database } from "../database/handle.ts";
import { socketAnswers } from "../database/socket-answers.ts";
import { type HttpServer, listenOnSocket } from "../http/server.ts";
import type { AppError } from "../kernel/errors.ts";
import type { OperatorCommands } from "../kernel/operator-command.ts";
import { version } from "./version.ts";

/**
 * The command socket of this process. Of several processes on PostgreSQL that share a directory, the first has it.
 */
export async function openCommandSocket(
  database: Database,
  directory: DataDirectory,
  port: number,
  commands: OperatorCommands,
  receiptFile: (user: string) => Promise<AsyncGenerator<string>>,
  report: (error: AppError, requestId: string) => void,
): Promise<HttpServer | undefined> {
  if (database.engine === "postgres" && (await socketAnswers(directory.socket))) return undefined;
  const routes = createCommandChannel({
    status: () => ({
      version: version(),
      pid: process.pid,
      port,
      engine: database.engine,
      upSeconds: Math.round(process.uptime()),
    }),
    snapshot: database.snapshot,
    commands,
    receiptFile,
    report,
  });
  return listenOnSocket(routes, directory.socket);
}
