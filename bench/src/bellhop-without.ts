/**
 * The server as an operator runs it, but that one part of its door can be left out: it is told which, and answers when it
 * is done. For measuring alone.
 */
import { startApp } from "../../src/app/app.ts";
import { createLog } from "../../src/cli/log.ts";
import { parseConfig } from "../../src/config/config.ts";
import { createSwitchedDoor, doorParts } from "./door-parts.ts";

const { config } = parseConfig(process.env);
const { door, leaveOut } = createSwitchedDoor();
const app = await startApp({ config, log: createLog(config.logLevel), print: console.log, door });
process.on("message", (word) => {
  leaveOut(doorParts.find((part) => part === word) ?? null);
  process.send?.(word);
});
process.once("SIGTERM", () => void app.close().then(() => process.exit(0)));
