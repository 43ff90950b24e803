import type { ApprovalNotice } from "./approval-message.ts";

/**
 * What a push holds: locked screens are public, so it names the tool and nothing of the matter: no amount, no name, no
 * word of an assistant's. The service worker opens `path`, where it lies under `/app/approvals`.
 */
export const approvalPayload = ({ id, title }: Pick<ApprovalNotice, "id" | "title">): string =>
  JSON.stringify({
    title: "Your approval is asked for",
    body: title.slice(0, 80).toWellFormed(),
    tag: id,
    path: `/app/approvals/${id}`,
  });

/** A push to try whether it arrives. */
export const trialPayload = (): string =>
  JSON.stringify({
    title: "A notice to try",
    body: "This is how you are told when something waits for you.",
    tag: "trial",
    path: "/app/approvals",
  });
