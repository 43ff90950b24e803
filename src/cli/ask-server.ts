import { type IncomingMessage, request } from "node:http";
import { socketPathOf } from "../app/socket-path.ts";
import type { Config } from "../config/config.ts";
import { text as textOf } from "node:stream/consumers";
import * as z from "zod";
import { AppError, type ErrorCode, errorTable } from "../kernel/errors.ts";

/** Nobody listens on the socket: it is missing, or its server is dead. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ECONNREFUSED");

/**
 * A file that the server on this data directory makes, as it comes; undefined when none runs.
 * @throws AppError when it refuses.
 */
export async function askServerForFile(config: Config, path: string): Promise<IncomingMessage | undefined> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({ socketPath: socketPathOf(config), path, headers: { host: "localhost" } }, resolve);
    sent.on("error", reject);
    sent.end();
  }).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (response === undefined || response.statusCode === 200) return response;
  throw refusalOf(response.statusCode ?? 0, await textOf(response));
}

/** Asks over the socket; resolves with the JSON text and the status. */
function ask(
  socketPath: string,
  method: string,
  path: string,
  body: string | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers: { host: "localhost" } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

const refusal = z.object({ error: z.string(), error_description: z.string(), next: z.string() });

/** The server's refusal, as it would have been thrown here. */
function refusalOf(status: number, text: string): AppError {
  try {
    const { error, error_description: sentence, next } = refusal.parse(JSON.parse(text));
    if (isErrorCode(error)) return new AppError(error, sentence, { next });
  } catch {
    // Not the JSON of an error: the next line says what can be said.
  }
  return new AppError("unavailable", `The running server answered ${status}.`, { next: "Look at its terminal." });
}

/**
 * Asks the server that runs on this data directory.
 * @param input sent as JSON.
 * @returns its JSON answer, or undefined when none runs.
 * @throws AppError when it refuses.
 */
export async function askServer(
  config: Config,
  method: "GET" | "POST",
  path: string,
  input?: unknown,
): Promise<unknown> {
  const body = input === undefined ? undefined : JSON.stringify(input);
  const answer = await ask(socketPathOf(config), method, path, body).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (!answer) return undefined;
  if (answer.status === 200) return JSON.parse(answer.text);
  throw refusalOf(answer.status, answer.text);
}
