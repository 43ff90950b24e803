import type { Config } from "../config/config.ts";
import { askServer } from "./ask-server.ts";

/**
 * Runs a command that needs the database (`src/app/operator-commands.ts`): the running server does it, since an embedded
 * database is that one's alone; while none runs, this process opens the database, migrates it and does it itself.
 * PostgreSQL is shared anyway, so there it is always opened here.
 * @param name such as `client.create`.
 * @returns the command's JSON answer, to be read by a schema.
 * @throws AppError as the command does.
 */
export async function runCommand(config: Config, name: string, input: unknown): Promise<unknown> {
  const answered = config.databaseUrl ? undefined : await askServer(config, "POST", `/commands/${name}`, input);
  if (answered !== undefined) return answered;
  // Read only here: where a server answers, nothing of it is needed.
  const { offlineCommand } = await import("../app/offline.ts");
  return offlineCommand(config, name, input);
}
