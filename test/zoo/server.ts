/**
 * The server as an operator runs it, but for its way to the web: every public name leads to the documents of the test
 * (DOCUMENTS_PORT on loopback). What is checked before connecting is checked all the same.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { createGuardedFetch } from "../../src/adapters/web/guarded-fetch.ts";
import { startApp } from "../../src/app/app.ts";
import { parseConfig } from "../../src/config/config.ts";

const { DOCUMENTS_PORT = "", ...environment } = process.env;
/** A public address; nothing is ever sent to it. */
const SOMEWHERE = "104.18.32.47";

const web = createGuardedFetch({
  resolve: async () => [SOMEWHERE],
  connect: async (_target, signal) => {
    const socket = connect(Number(DOCUMENTS_PORT), "127.0.0.1");
    await once(socket, "connect", { signal });
    return socket;
  },
});
const log = { info: () => undefined, error: console.error };
const { config } = parseConfig(environment);
const app = await startApp({ config, log, print: console.log, web });
process.once("SIGTERM", () => void app.close());
