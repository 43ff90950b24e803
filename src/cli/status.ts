import { AppError } from "../kernel/errors.ts";
import { askServer } from "./ask-server.ts";
import { readConfiguration } from "./configuration.ts";

/** `npm start -- status`: what the server on this data directory says of itself. */
export async function status(): Promise<void> {
  const config = readConfiguration();
  const facts = await askServer(config, "GET", "/status");
  if (facts === undefined) {
    throw new AppError("unavailable", `No server runs on ${config.dataDirectory}.`, {
      next: "Start one with `npm start`.",
    });
  }
  console.log(JSON.stringify(facts, null, 2));
}
