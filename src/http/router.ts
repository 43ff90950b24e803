import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";

/** What every handler finds in its context. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: {
    /** Named in every error and every receipt. */
    requestId: string;
  };
}

/** Routes of one room, mounted by the composition root. */
export type Routes = Hono<HttpEnv>;

export type RequestContext = Context<HttpEnv>;

/** A new, empty set of routes. */
export const createRoutes = (): Routes => new Hono<HttpEnv>();
