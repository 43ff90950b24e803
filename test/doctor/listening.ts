import { once } from "node:events";
import type { Server } from "node:http";
import type { TestContext } from "node:test";

/** Listens on a free port of this machine until the test ends. */
export async function listening(t: TestContext, server: Server, host = "127.0.0.1"): Promise<number> {
  server.listen(0, host);
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("No port was given.");
  return address.port;
}
