/**
 * The server as an operator runs it, but with the tools of the chaos, a deadline that short calls reach, and a clock that the
 * chaos sets ahead: CHAOS_CLOCK names a file that holds by how many milliseconds. CHAOS_TILL is where the till is.
 */
import { readFileSync } from "node:fs";
import { startApp } from "../../src/app/app.ts";
import { createLog } from "../../src/cli/log.ts";
import { parseConfig } from "../../src/config/config.ts";
import { chaosToolset } from "./toolset.ts";

const DEADLINE_MS = 400;
const { CHAOS_TILL = "", CHAOS_CLOCK = "", ...environment } = process.env;

const readAhead = (): number => Number(readFileSync(CHAOS_CLOCK, "utf8"));
let ahead = readAhead();
setInterval(() => (ahead = readAhead()), 20).unref();

const { config } = parseConfig(environment);
await startApp({
  config,
  log: createLog(config.logLevel),
  print: console.log,
  clock: () => new Date(Date.now() + ahead),
  toolsets: [chaosToolset(CHAOS_TILL)],
  deadlineMs: DEADLINE_MS,
  backoff: { firstMs: 200, mostMs: 800 },
});
console.log("  The server of the chaos is ready.");
