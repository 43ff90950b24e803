/**
 * The server as an operator runs it, but for its way to the web: every public name leads to the documents of the test
 * (DOCUMENTS_PORT on loopback).
 */
import { createGuardedFetch } from "../../src/adapters/web/guarded-fetch.ts";
import { startApp } from "../../src/app/app.ts";
import { parseConfig } from "../../src/config/config.ts";
import { connectTo } from "./documents.ts";

const { DOCUMENTS_PORT, ...environment } = process.env;
const web = createGuardedFetch(connectTo({ port: Number(DOCUMENTS_PORT) }));
const log = { info: () => undefined, warn: () => undefined, error: console.error };
const { config } = parseConfig(environment);
const app = await startApp({ config, log, print: console.log, web });
console.log("  The zoo's server is ready.");
process.once("SIGTERM", () => void app.close());
