import type * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { wellFormed } from "../kernel/json.ts";
import type { RequestContext } from "./router.ts";

/** Bytes that a body may have where nothing else is said. */
export const DEFAULT_BODY_LIMIT = 64 * 1024;

const tooLarge = (limit: number): AppError =>
  new AppError("payload_too_large", `The request is larger than ${limit} bytes.`, { details: { limit } });

/**
 * Reads the chunks of a body up to the limit. Past it the rest is left unread rather than cancelled: cancelling would
 * reset the connection before the sender has read why it was refused.
 */
async function readChunks(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array[]> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.byteLength;
    if (size > limit) {
      reader.releaseLock();
      throw tooLarge(limit);
    }
    chunks.push(next.value);
  }
  return chunks;
}

/**
 * The bytes of a body. One that says its length is read whole, since the connection holds no more than it says
 * (RFC 9112 §6.2); any other is counted as it comes.
 */
async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > limit) throw tooLarge(limit);
  if (declared !== null) return new Uint8Array(await request.arrayBuffer());
  return request.body ? Buffer.concat(await readChunks(request.body, limit)) : new Uint8Array();
}

const brokenOff = (cause: unknown): never => {
  if (cause instanceof AppError) throw cause;
  throw new AppError("invalid_request", "The body broke off.", { cause });
};

/**
 * Reads a body as the bytes that were sent, stopping at the limit: what a signature is made over.
 * @throws AppError `payload_too_large`, or `invalid_request` when it breaks off.
 */
export const readRaw = (request: Request, limit = DEFAULT_BODY_LIMIT): Promise<Uint8Array> =>
  readBytes(request, limit).catch(brokenOff);

/** Bytes as text. @throws AppError `invalid_request` when they are not UTF-8. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("invalid_request", "The body is not UTF-8 text.", { cause });
  }
}

/**
 * Reads a body as text, stopping at the limit.
 * @throws AppError `payload_too_large`, or `invalid_request` when it is not UTF-8 or breaks off.
 */
export const readText = async (request: Request, limit = DEFAULT_BODY_LIMIT): Promise<string> =>
  textOf(await readRaw(request, limit));

const mediaType = (request: Request): string =>
  (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

function requireType(request: Request, expected: string): void {
  if (mediaType(request) === expected) return;
  throw new AppError("unsupported_media_type", `This address expects ${expected}.`);
}

/** Parses JSON text. @throws AppError `malformed_json`, or `invalid_input` for text that cannot be stored. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("malformed_json", "The body is not well-formed JSON.", { cause });
  }
  return wellFormed(value, "The body");
}

const explain = (error: z.ZodError): string =>
  error.issues
    .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`)
    .join("; ")
    .slice(0, 600);

/** Parses a value from outside by its schema. @throws AppError `invalid_request`, naming each member that is wrong. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError("invalid_request", explain(result.error));
}

/** A JSON body, parsed by its schema. */
export async function readJson<Schema extends z.ZodType>(
  c: RequestContext,
  schema: Schema,
  limit?: number,
): Promise<z.output<Schema>> {
  requireType(c.req.raw, "application/json");
  return parseInput(schema, parseJson(await readText(c.req.raw, limit)));
}

/**
 * Query or form parameters, each at most once (RFC 6749 §3.1: parameters must not be included more than once).
 * @throws AppError `invalid_request` for a repeated one, and for text that cannot be stored.
 */
export function readParameters(parameters: URLSearchParams): Record<string, string> {
  const read = new Map<string, string>();
  for (const [name, value] of parameters) {
    // A name that no parameter of ours could have would put a stranger's words on a page of ours.
    if (read.has(name)) {
      const shown = /^[a-z_]{1,40}$/.test(name) ? `The parameter ${name}` : "A parameter";
      throw new AppError("invalid_request", `${shown} is given more than once.`);
    }
    read.set(name, value);
  }
  const result = Object.fromEntries(read);
  try {
    wellFormed(result, "The request");
  } catch (cause) {
    throw new AppError("invalid_request", "A parameter holds text that cannot be stored.", { cause });
  }
  return result;
}

/** A form body, parsed by its schema. */
export async function readForm<Schema extends z.ZodType>(c: RequestContext, schema: Schema): Promise<z.output<Schema>> {
  requireType(c.req.raw, "application/x-www-form-urlencoded");
  return parseInput(schema, readParameters(new URLSearchParams(await readText(c.req.raw))));
}
