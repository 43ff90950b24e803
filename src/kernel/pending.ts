import * as z from "zod";
import type { Json, JsonObject } from "./json.ts";
import type { ToolAnswer } from "./tool.ts";

/**
 * What a call is answered with that is not done yet: it waits for the person (`approval`), or goes on by itself (`job`).
 * The id is the same for both, and stays the id of the call's operation, its job and its receipt.
 */
export interface Pending {
  readonly kind: "approval" | "job";
  readonly id: string;
  /** Where the person sees it, and decides on it. */
  readonly url: string;
  /** The tool that says later how it ended; its one argument is the id. */
  readonly ask: "approval_status" | "job_status";
  /** Until when it can be decided; null for a job. */
  readonly expiresAt: string | null;
}

/** Answers a call with what it waits for. @param sentence what will happen, or what is being done. */
export const pendingAnswer = (sentence: string, pending: Pending): ToolAnswer<Json> => ({
  text:
    pending.kind === "approval"
      ? `Not done yet: it waits for the person's decision, which only they can give, at ${pending.url}. ${sentence} Give them this link, then ask ${pending.ask} with id ${pending.id}. Do not call again.`
      : `Not done yet: the work goes on. ${sentence} Ask ${pending.ask} with id ${pending.id}. Do not call again.`,
  data: { pending: { ...pending, sentence } },
});

const pendingData = z.strictObject({ pending: z.looseObject({ ask: z.enum(["approval_status", "job_status"]) }) });

/** Whether a call was answered with what it waits for, by {@link pendingAnswer}, and is not done yet. */
export const isPending = ({ data }: ToolAnswer<Json>): boolean => pendingData.safeParse(data).success;

const pendingShape: JsonObject = {
  type: "object",
  description: "Not done yet: it waits for the person, or goes on by itself. Ask the tool named here.",
  properties: {
    pending: {
      type: "object",
      properties: {
        kind: { enum: ["approval", "job"] },
        id: { type: "string" },
        url: { type: "string" },
        ask: { enum: ["approval_status", "job_status"] },
        expiresAt: { type: ["string", "null"] },
        sentence: { type: "string" },
      },
      required: ["kind", "id", "url", "ask", "expiresAt"],
    },
  },
  required: ["pending"],
};

/**
 * What a tool may answer with, as surfaces publish it: its own answer, or what the call waits for. Definitions stay at
 * the root, where the references to them point.
 */
export function orPending({ $defs, ...own }: JsonObject): JsonObject {
  return { type: "object", anyOf: [own, pendingShape], ...($defs === undefined ? {} : { $defs }) };
}
