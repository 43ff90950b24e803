import { type Routes, createRoutes } from "../../http/router.ts";

/** What the command line may ask a running server. */
export interface CommandChannelParts {
  /** Facts for `bellhop status`. */
  status(): { readonly [fact: string]: string | number };
  /** Writes a snapshot and returns its path. */
  snapshot(): Promise<string>;
}

/** The routes of the command socket: only who may read the data directory reaches them. */
export function createCommandChannel(parts: CommandChannelParts): Routes {
  const routes = createRoutes();
  routes.get("/status", () => Response.json(parts.status()));
  routes.post("/snapshot", async () => Response.json({ path: await parts.snapshot() }));
  return routes;
}
