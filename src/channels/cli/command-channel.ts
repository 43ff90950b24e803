import { randomUUID } from "node:crypto";
import { parseJson, readText } from "../../http/body.ts";
import { errorResponse } from "../../http/errors.ts";
import { type Routes, createRoutes } from "../../http/router.ts";
import { encoded, streamed } from "../../http/streamed.ts";
import { type AppError, asAppError } from "../../kernel/errors.ts";
import { type OperatorCommands, runOperatorCommand } from "../../kernel/operator-command.ts";

/** What the command line may ask a running server. */
export interface CommandChannelParts {
  /** Facts for `npm start -- status`. */
  status(): { readonly [fact: string]: string | number };
  /** Writes a snapshot and returns its path. */
  snapshot(): Promise<string>;
  /** The file of a person's receipts, line by line. @throws AppError `not_found`. */
  receiptFile(user: string): Promise<AsyncGenerator<string>>;
  /** What `POST /commands/NAME` runs. */
  readonly commands: OperatorCommands;
  /** Told of what was not foreseen. */
  report(error: AppError, requestId: string): void;
}

/** The routes of the command socket: only who may read the data directory reaches them. */
export function createCommandChannel(parts: CommandChannelParts): Routes {
  const routes = createRoutes();
  routes.use(async (c, next) => {
    c.set("requestId", randomUUID());
    await next();
  });
  routes.get("/status", () => Response.json(parts.status()));
  routes.post("/snapshot", async () => Response.json({ path: await parts.snapshot() }));
  routes.get(
    "/receipts/export",
    async (c) => new Response(streamed(encoded(await parts.receiptFile(c.req.query("user") ?? "")))),
  );
  routes.post("/commands/:name", async (c) => {
    const input = parseJson(await readText(c.req.raw));
    return Response.json(await runOperatorCommand(parts.commands, c.req.param("name"), input));
  });
  routes.onError((thrown, c) => {
    const error = asAppError(thrown);
    if (error.code === "internal") parts.report(error, c.get("requestId"));
    return errorResponse(c, error);
  });
  return routes;
}
