/**
 * The server as an operator runs it, but for one thing: at SIGUSR2 it collects its garbage, gives free memory back to the
 * system, and says what it then holds.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startApp } from "../../src/app/app.ts";
import { createLog } from "../../src/cli/log.ts";
import { parseConfig } from "../../src/config/config.ts";

setFlagsFromString("--expose-gc");
const collect: (how: object) => void = runInNewContext("gc");

const { config } = parseConfig(process.env);
const app = await startApp({ config, log: createLog(config.logLevel), print: console.log });
process.on("SIGUSR2", () => {
  // A usual collection keeps the pages of the heap for the next burst; what is held would drown in them.
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
  console.log(`  resident ${process.memoryUsage.rss()}`);
});
process.once("SIGTERM", () => void app.close());
console.log("  The server under load is ready.");
