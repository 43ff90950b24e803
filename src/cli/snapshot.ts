import * as z from "zod";
import { withDatabase } from "../app/offline.ts";
import { askServer } from "./ask-server.ts";
import { readConfiguration } from "./configuration.ts";

const answer = z.object({ path: z.string() });

/** `npm start -- snapshot`: asks the running server, and opens the database itself only when none runs. */
export async function snapshot(): Promise<void> {
  const config = readConfiguration();
  const answered = config.databaseUrl ? undefined : await askServer(config, "POST", "/snapshot");
  const path =
    answered === undefined
      ? await withDatabase(config, (database) => database.snapshot())
      : answer.parse(answered).path;
  console.log(`Snapshot written to ${path}`);
}
