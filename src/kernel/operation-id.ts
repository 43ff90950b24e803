import * as z from "zod";
import { AppError } from "./errors.ts";

/**
 * What a caller names a call, so that it can send the same one again: 8 to 128 visible ASCII characters. As a header it may
 * stand in quotes (draft-ietf-httpapi-idempotency-key-header-07 §2.1: a structured string).
 */
const operationId = z
  .string()
  .transform((text) => /^"(.*)"$/.exec(text)?.[1] ?? text)
  .pipe(z.string().regex(/^[!-~]{8,128}$/));

/** The places in which an operation id may stand, as they were sent. */
export interface SentOperationId {
  /** The header `Idempotency-Key`. */
  readonly header?: string | undefined;
  /** `_meta["bellhop/operationId"]` of an MCP request. */
  readonly meta?: unknown;
}

/** The name of the member of `_meta`. */
export const OPERATION_META = "bellhop/operationId";

function parsed(sent: unknown): string {
  const { data } = operationId.safeParse(sent);
  if (data !== undefined) return data;
  throw new AppError("invalid_input", "The operation id is not 8 to 128 visible ASCII characters.", {
    next: "Send one such as a UUID, and the same one again only for the same call.",
  });
}

/**
 * The operation id of a call; undefined where it has none.
 * @throws AppError `invalid_input` for one of another form, and for two that differ.
 */
export function operationIdOf({ header, meta }: SentOperationId): string | undefined {
  const ids = [header, meta].filter((sent) => sent !== undefined).map(parsed);
  if (new Set(ids).size > 1)
    throw new AppError("invalid_input", "Header and _meta name different operation ids.", {
      next: "Send one of them.",
    });
  return ids[0];
}
