/**
 * Loaded ahead of the server by `npm run dev`. Node watches what a process says that it has loaded, one message for each
 * module, and what it has not said when it ends is lost: a start that fails at once, on a busy machine, could keep the very
 * file to itself that has the mistake, and saving it mended would do nothing. So all that the server is made of is said
 * here, in the first message.
 */
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";
import { serverFiles } from "./build.mjs";

if (isMainThread && process.env["WATCH_REPORT_DEPENDENCIES"])
  process.send?.({ "watch:import": serverFiles().map((path) => pathToFileURL(path).href) });
