import * as z from "zod";
import { AppError, errorTable, type ErrorCode } from "../kernel/errors.ts";
import { canonicalJson, type Json, type JsonObject } from "../kernel/json.ts";
import type { Operation } from "../kernel/ports/ledger.ts";
import type { Proposal } from "../kernel/proposal.ts";
import { parseScopes } from "../kernel/scopes.ts";
import type { Sealer } from "../kernel/seal.ts";
import type { Spend } from "../kernel/spend.ts";
import type { Effect, ToolAnswer } from "../kernel/tool.ts";
import type { OperationFacts, OperationRow } from "./records/operations.ts";

/*
 * How operations are written down: arguments, proposals and answers sealed for their row, so that a value moved to another
 * one does not open.
 */

const json = z.json();
const jsonObject = z.record(z.string(), json);

const storedSpend = z
  .object({
    amounts: z.array(z.object({ asset: z.string(), amount: z.string(), decimals: z.int() })),
    recipient: z.string().optional(),
  })
  .transform(({ amounts, recipient }): Spend => ({
    amounts: amounts.map((one) => ({ ...one, amount: BigInt(one.amount) })),
    ...(recipient === undefined ? {} : { recipient }),
  }));

const storedProposal = z
  .object({
    sentence: z.string(),
    bounds: z.array(z.object({ label: z.string(), value: z.string() })),
    high: z.boolean(),
    spend: storedSpend.nullable(),
  })
  .transform(({ spend, ...rest }): Proposal => ({ ...rest, ...(spend === null ? {} : { spend }) }));

const storedAnswer = z
  .object({ text: z.string(), data: json, meta: jsonObject.nullable() })
  .transform(({ meta, ...rest }): ToolAnswer<Json> => ({ ...rest, ...(meta === null ? {} : { meta }) }));

/** A proposal as JSON: amounts as decimal text. */
export const proposalJson = ({ sentence, bounds, high = false, spend }: Proposal): JsonObject => ({
  sentence,
  bounds: bounds.map(({ label, value }) => ({ label, value })),
  high,
  spend:
    spend === undefined
      ? null
      : {
          // By name: whatever else a tool hands over is not stored, and must not count when it is compared with what is.
          amounts: spend.amounts.map(({ asset, amount, decimals }) => ({ asset, amount: amount.toString(), decimals })),
          ...(spend.recipient === undefined ? {} : { recipient: spend.recipient }),
        },
});

/** What tells two calls of one tool apart: keyed, so that a stored digest lets nobody guess the arguments. */
export const argsMac = (sealer: Sealer, { tool, input }: Pick<Operation, "tool" | "input">): Buffer =>
  sealer.mac(`${tool}\n${canonicalJson(input)}`);

const place = (id: string, part: "args" | "answer" | "proposal"): string => `${part}/${id}`;

const sealJson = (sealer: Sealer, value: Json, id: string, part: "args" | "answer" | "proposal"): Buffer =>
  sealer.seal(canonicalJson(value), place(id, part));

/** @throws AppError `unavailable` where the master secret is not the one that it was sealed with. */
function openJson(sealer: Sealer, sealed: Uint8Array, id: string, part: "args" | "answer" | "proposal"): unknown {
  try {
    return JSON.parse(sealer.open(sealed, place(id, part)));
  } catch (cause) {
    throw new AppError("unavailable", "What is stored of this call was sealed with another master secret.", { cause });
  }
}

/** What is stored of an operation, without its state. */
export const storedFacts = (
  sealer: Sealer,
  operation: Operation,
  effect: Effect,
): OperationFacts & { readonly argsMac: Buffer; readonly argsSealed: Buffer } => ({
  id: operation.id,
  userId: operation.principal.userId,
  clientId: operation.principal.clientId,
  clientName: operation.principal.clientName,
  grantId: operation.principal.grantId,
  sessionId: operation.principal.sessionId ?? null,
  channel: operation.principal.channel,
  scopes: [...operation.principal.scopes].join(" "),
  requestId: operation.requestId,
  tool: operation.tool,
  effect,
  key: operation.key,
  argsMac: argsMac(sealer, operation),
  argsSealed: sealJson(sealer, operation.input, operation.id, "args"),
});

/** The operation of a row, with what is sealed in it. */
export const operationOf = (sealer: Sealer, row: OperationRow): Operation => ({
  id: row.id,
  tool: row.tool,
  input: json.parse(openJson(sealer, row.argsSealed, row.id, "args")),
  principal: {
    userId: row.userId,
    clientId: row.clientId,
    clientName: row.clientName,
    grantId: row.grantId,
    ...(row.sessionId !== null && { sessionId: row.sessionId }),
    scopes: new Set(parseScopes(row.scopes).known),
    channel: row.channel,
    // Whether it is paused is asked when it is admitted anew.
    paused: false,
  },
  requestId: row.requestId,
  key: row.key,
});

/** The exact arguments of an operation. */
export const argsOf = (sealer: Sealer, { id, argsSealed }: Pick<OperationRow, "id" | "argsSealed">): Json =>
  json.parse(openJson(sealer, argsSealed, id, "args"));

export const sealProposal = (sealer: Sealer, proposal: Proposal, id: string): Buffer =>
  sealJson(sealer, proposalJson(proposal), id, "proposal");

export const proposalOf = (sealer: Sealer, sealed: Uint8Array, id: string): Proposal =>
  storedProposal.parse(openJson(sealer, sealed, id, "proposal"));

export const sealAnswer = (
  sealer: Sealer,
  { text, data, meta = null }: Omit<ToolAnswer<Json>, "meta"> & { readonly meta?: JsonObject | null },
  id: string,
): Buffer => sealJson(sealer, { text, data, meta }, id, "answer");

export const answerOf = (sealer: Sealer, { id, answerSealed }: OperationRow): ToolAnswer<Json> | null =>
  answerSealed === null ? null : storedAnswer.parse(openJson(sealer, answerSealed, id, "answer"));

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

/** The error that was written down; null where there is none. */
export function errorOf({
  code,
  message,
  next,
}: {
  readonly code: string | null;
  readonly message: string | null;
  readonly next: string | null;
}): AppError | null {
  if (code === null) return null;
  return new AppError(
    isCode(code) ? code : "internal",
    message ?? "It did not succeed.",
    next === null ? {} : { next },
  );
}
