import type { ApprovalNotice } from "./approval-message.ts";
import { type SecurityNotice, securityWords } from "./security-message.ts";

/**
 * What a push holds: locked screens are public, so it names the tool and nothing of the matter: no amount, no name, no
 * word of an assistant's. The service worker opens `path`, where that is an approval or one of the pages that it knows.
 */
export const approvalPayload = ({ id, title }: Pick<ApprovalNotice, "id" | "title">): string =>
  JSON.stringify({
    title: "Your approval is asked for",
    body: title.slice(0, 80).toWellFormed(),
    tag: id,
    path: `/app/approvals/${id}`,
  });

/** The same of what happened to a person's account: that it did, and no name. That a thing went does not hide that it came. */
export function securityPayload({ kind, id }: Pick<SecurityNotice, "kind" | "id">): string {
  const { title, undo, path } = securityWords[kind];
  return JSON.stringify({ title, body: `If this was not you, ${undo}.`, tag: `${kind} ${id}`, path });
}

/** A push to try whether it arrives. */
export const trialPayload = (): string =>
  JSON.stringify({
    title: "A notice to try",
    body: "This is how you are told when something waits for you.",
    tag: "trial",
    path: "/app/approvals",
  });
