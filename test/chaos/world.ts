import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type Bellhop, freePort, type Lasting, startBellhop, temporaryDirectory, until } from "../bellhop.ts";
import { rawCall } from "../clients/raw-call.ts";
import { type PrivyApp, privyApp } from "../clients/raw-link.ts";
import { type Engine, freshPostgres } from "../database.ts";
import { type LinkedPerson, linkPerson } from "../clients/linked-person.ts";
import { openTill, type Till } from "./till-process.ts";

/** The servers of one database, and who uses them. */
export interface World {
  readonly engine: Engine;
  /** One on the embedded database, two on PostgreSQL. */
  readonly servers: readonly Bellhop[];
  /** The environment of a server, for whoever looks at its data. */
  readonly environment: Readonly<Record<string, string>>;
  readonly till: Till;
  /** Sets the clocks of all servers ahead. */
  pass(ms: number): void;
  /** The time by these clocks. */
  now(): Date;
  newPerson(): Promise<LinkedPerson>;
  /** Rows of a statement; each value as text. */
  look(statement: string): Promise<readonly Readonly<Record<string, string | null>>[]>;
}

const SECRET = "one secret for all processes, long enough";
/** The shortest that a job may be held by a process that gives no sign. */
export const LEASE_SECONDS = 2;

/** By the set clock; tokens live for an hour. */
const WATCH_MS = 30 * 60_000;

const lookSchema = z.union([
  z.object({ rows: z.array(z.record(z.string(), z.string().nullable())) }),
  z.object({ pending: z.looseObject({ kind: z.literal("job") }) }),
]);

/** Opens a world with nobody in it; all of it ends with `t`. */
export async function openWorld(t: Lasting, engine: Engine, seed: number): Promise<World> {
  const privy = await privyApp();
  // Signed by our clock, and read by one that is set ahead.
  const app: PrivyApp = { ...privy, token: (claims) => privy.token({ ...claims, expiresIn: "30d" }) };
  const till = await openTill(t, seed);
  const clock = join(temporaryDirectory(t), "clock");
  let ahead = 0;
  const pass = (ms: number): void => writeFileSync(clock, String((ahead += ms)));
  pass(0);
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const environment = {
    CHAOS_TILL: till.url,
    CHAOS_CLOCK: clock,
    BELLHOP_SECRET: SECRET,
    BELLHOP_JOB_LEASE_SECONDS: String(LEASE_SECONDS),
    BELLHOP_CALLS_PER_MINUTE: "1000000",
    // Its people sign in once and click all day.
    BELLHOP_FRESH_AFTER_CLICKS: "1000000",
    BELLHOP_SPEND_FRESH_ABOVE_USD: "1000000000",
    PRIVY_APP_ID: app.appId,
    PRIVY_VERIFICATION_KEY: app.verificationKey,
    SERVER_BASE_URL: baseUrl,
    ...(engine === "postgres" ? { DATABASE_URL: await freshPostgres(t) } : {}),
  };
  const program = join(import.meta.dirname, "server.ts");
  const start = (): Promise<Bellhop> => startBellhop(t, { program, environment });
  const servers = engine === "postgres" ? await Promise.all([start(), start()]) : [await start()];
  const [first] = servers;
  if (!first) throw new Error("No server was started.");

  let people = 0;
  const someone = (): Promise<LinkedPerson> => linkPerson(first, baseUrl, app, `person-${(people += 1)}`);
  let watcher = await someone();
  let watching = ahead;
  const look: World["look"] = async (statement) => {
    const { mcpUrl } = first;
    if (ahead - watching > WATCH_MS) {
      watching = ahead;
      watcher = await someone();
    }
    const { accessToken } = watcher;
    // On a busy machine a look may take longer than the short deadline, and becomes a job: then it is looked again.
    return until("a look at the tables", async () => {
      const answer = await rawCall({ mcpUrl, accessToken, name: "chaos_look", input: { statement } });
      if (answer.error !== null) throw new Error(`Nothing can be seen: ${answer.text}`);
      const seen = lookSchema.parse(answer.data);
      return "rows" in seen ? seen.rows : undefined;
    });
  };
  await look("create table if not exists chaos_notes (user_id uuid, word text)");
  const now = (): Date => new Date(Date.now() + ahead);
  return { engine, servers, environment, till, pass, now, newPerson: someone, look };
}
