import { createAdaptorServer } from "@hono/node-server";
import { once } from "node:events";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { dirname } from "node:path";
import { AppError } from "../kernel/errors.ts";
import type { Routes } from "./router.ts";

/** A listening server. */
export interface HttpServer {
  /** The port really listened on: another than asked for when 0 was asked. */
  readonly port: number;
  /** Stops taking connections, lets running requests end (at most `graceMs`), then closes the rest. */
  close(graceMs: number): Promise<void>;
}

const build = (routes: Routes): Server => {
  const server = createAdaptorServer({ fetch: routes.fetch, createServer, autoCleanupIncoming: true });
  if (!("requestTimeout" in server)) throw new Error("The adaptor did not make an HTTP/1 server.");
  // A client that sends slowly may hold a connection, but not for ever.
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  return server;
};

function listenError(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const where = `${host}:${port}`;
  if (error.code === "EADDRINUSE") {
    return new AppError("unavailable", `Port ${port} is taken.`, {
      cause: error,
      next: `Stop what listens on ${where}, or set another port, such as PORT=${port + 1}.`,
    });
  }
  if (error.code === "EACCES") {
    return new AppError("unavailable", `This user may not listen on ${where}.`, {
      cause: error,
      next: "Use a port above 1023, such as PORT=3002.",
    });
  }
  return new AppError("unavailable", `Cannot listen on ${where} (${error.message}).`, {
    cause: error,
    next: "Set HOST to an address of this machine.",
  });
}

async function closing(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed.finally(() => clearTimeout(timer));
}

/**
 * Listens over TCP.
 * @throws AppError `unavailable` when the port is taken or forbidden, saying what to do.
 */
export async function listen(routes: Routes, host: string, port: number): Promise<HttpServer> {
  const server = build(routes);
  server.listen(port, host);
  await once(server, "listening").catch((error: unknown) => {
    throw listenError(error, host, port);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: (graceMs) => closing(server, graceMs),
  };
}

/** Listens on a socket file that only this user can open. The caller holds the directory's lock, so an old file is dead. */
export async function listenOnSocket(routes: Routes, path: string): Promise<HttpServer> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  const server = build(routes);
  const before = process.umask(0o177);
  server.listen(path);
  process.umask(before);
  await once(server, "listening");
  chmodSync(path, 0o600);
  return { port: 0, close: (graceMs) => closing(server, graceMs).finally(() => rmSync(path, { force: true })) };
}
