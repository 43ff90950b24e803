import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import type { Json } from "../../kernel/json.ts";
import { personal } from "../../kernel/redaction.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";

/** How a question to the person stands, for the client that asked it. */
export interface AskedQuestion {
  readonly sentence: string;
  readonly status: "pending" | "approved" | "rejected" | "expired" | "void";
  readonly run: "queued" | "running" | "completed" | "failed" | "cancelled" | "unknown" | null;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly url: string;
  /** What the tool answered, once it has run. */
  readonly answer: { readonly text: string; readonly data: Json } | null;
  readonly error: { readonly code: string; readonly message: string; readonly next: string } | null;
}

/** What clients have asked. */
export interface Questions {
  /** One that this client asked this person; null for any other. */
  find(userId: string, clientId: string, id: string): Promise<AskedQuestion | null>;
}

const output = z.object({
  id: z.string(),
  status: z.enum(["pending", "approved", "rejected", "expired", "void"]),
  run: z
    .enum(["queued", "running", "completed", "failed", "cancelled", "unknown"])
    .nullable()
    .describe("How what was approved stands; null before."),
  url: z.string().describe("Where the person decides."),
  expiresAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
  // No schema of ours says what in it is personal, so a receipt keeps none of it.
  result: personal(z.unknown()).describe("What the tool answered, once it has run; null before."),
  error: z.object({ code: z.string(), message: z.string(), next: z.string() }).nullable(),
});

/** What is said of each way in which it can stand. */
function words({ status, run, url, sentence, answer, error, expiresAt }: AskedQuestion): string {
  const because = error ? ` ${error.message} ${error.next}` : "";
  if (status === "pending")
    return `Not decided yet. Only the person can decide, at ${url}, until ${expiresAt.toISOString()}: ${sentence}`;
  if (status === "rejected") return "The person said no. Nothing was run. Do not ask again unless they want it.";
  if (status === "expired")
    return "Nobody decided in time. Nothing was run. Call the tool again if it is still wanted.";
  if (status === "void") return `It can no longer be run, and nothing was run.${because}`;
  if (run === "completed") return `Approved and done. ${answer?.text ?? ""}`.trim();
  if (run === "unknown")
    return "Approved and begun, and nobody can prove yet whether it happened. It is being looked into. Do not call again; ask here later.";
  if (run === "failed" || run === "cancelled") return `Approved, but it did not succeed.${because}`;
  return "Approved. It is being run; ask again in a moment.";
}

/** Says how a question to the person stands. It decides nothing: only the person does, in our own page. */
export const approvalStatus = defineTool({
  name: "approval_status",
  title: "Look at an approval",
  description:
    "Use this to learn how something stands that waits for the person's approval, with the id that the waiting call was answered with. It cannot approve anything: only the person can, at the link.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "assistant",
  labels: { invoking: "Looking at the approval...", invoked: "Looked at the approval" },
  examples: ["Did I approve that already?", "Is my approval through?"],
  input: z.object({ id: z.string().max(100).describe("The id of the pending call.") }),
  output,
  async run({ id }, { principal, questions }: Call & { questions: Questions }) {
    const found = isUuid(id) ? await questions.find(principal.userId, principal.clientId, id) : null;
    if (found === null) throw new AppError("not_found", "This client has asked the person nothing with this id.");
    const { status, run, url, expiresAt, decidedAt, answer, error } = found;
    return {
      text: words(found),
      data: {
        id,
        status,
        run,
        url,
        expiresAt: expiresAt.toISOString(),
        decidedAt: decidedAt?.toISOString() ?? null,
        result: answer?.data ?? null,
        error,
      },
    };
  },
});
