import { request } from "node:http";
import { commandSocket } from "../app/offline.ts";
import type { Config } from "../config/config.ts";
import { AppError } from "../kernel/errors.ts";

/** Nobody listens on the socket: it is missing, or its server is dead. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ECONNREFUSED");

/** Asks over the socket; resolves with the JSON text and the status. */
function ask(socketPath: string, method: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers: { host: "localhost" } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });
}

/**
 * Asks the server that runs on this data directory.
 * @returns its JSON answer, or undefined when none runs.
 * @throws AppError when it refuses.
 */
export async function askServer(config: Config, method: "GET" | "POST", path: string): Promise<unknown> {
  const answer = await ask(commandSocket(config), method, path).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (!answer) return undefined;
  if (answer.status === 200) return JSON.parse(answer.text);
  throw new AppError("unavailable", `The running server answered ${answer.status}.`, { next: "Look at its terminal." });
}
