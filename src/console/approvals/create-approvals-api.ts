import { ApiError } from "../api.ts";
import { type Call, addressOf } from "../ask.ts";
import { isReceiptPage } from "../contract.ts";
import { isJob } from "../jobs/contract.ts";
import type { ApprovalsApi } from "./approvals-api.ts";
import { isApprovalPage, isDecided, isPasskeyChallenge, isWholeApproval } from "./contract.ts";

const withId = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;

/** For `catch`: what is not there (yet) is null. */
function absent(error: unknown): null {
  if (error instanceof ApiError && error.facts.code === "not_found") return null;
  throw error;
}

/** The part of the API by which a person decides. */
export const createApprovalsApi = (call: Call): ApprovalsApi => ({
  list: (query) => call("GET", addressOf("/api/approvals", { ...query }), isApprovalPage),
  one: (id) => call("GET", withId("/api/approvals", id), isWholeApproval),
  decide: (id, answer) => call("POST", `${withId("/api/approvals", id)}/decision`, isDecided, answer),
  passkeyChallenge: (digest) => call("POST", "/api/passkeys/challenge", isPasskeyChallenge, { digest }),
  job: (id) => call("GET", withId("/api/tools/jobs", id), isJob).catch(absent),
  receipt: async (id) => (await call("GET", addressOf("/receipts", { id }), isReceiptPage)).receipts[0] ?? null,
});
