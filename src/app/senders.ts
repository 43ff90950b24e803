import type { Accounts } from "../accounts/accounts.ts";
import type { Notices } from "../accounts/notices.ts";
import { type LinkFacts, type SecurityKind, securityWords } from "../accounts/security-message.ts";
import type { Approvals } from "../ledger/approvals.ts";
import type { Grants } from "../oauth/grants.ts";
import type { Senders } from "../work/outbox-medium.ts";
import { findQuestion } from "./questions.ts";

interface SenderParts {
  readonly accounts: Pick<Accounts, "notices">;
  readonly grants: Pick<Grants, "find">;
  readonly titleOf: (tool: string) => string;
}

const isSecurityKind = (name: string): name is SecurityKind => Object.hasOwn(securityWords, name);
const kinds = Object.keys(securityWords).filter(isSecurityKind);

/** Tells people of what happened to their account: late too, since what was made then is there still. */
function securitySenders(notices: Pick<Notices, "security">, grants: Pick<Grants, "find">): Senders {
  // Whoever linked it may have unlinked it at once: that it was is told all the same. Its client may be gone with it.
  const linkOf = async (userId: string, id: string): Promise<LinkFacts | undefined> => {
    const link = await grants.find(userId, id);
    if (link === null) return undefined;
    const { clientName, redirectHost, scopes } = link;
    return { clientName, redirectHost, grants: scopes.map(({ grants: words }) => words) };
  };
  const senderOf = (kind: SecurityKind) => notices.security(kind, kind === "link_made" ? linkOf : undefined);
  return Object.fromEntries(kinds.map((kind) => [kind, { ...senderOf(kind), lasting: true }]));
}

/** Tells people of what waits for them, and of what happened to their account: what the outbox calls. */
export const sendersOf = ({ accounts, grants, titleOf }: SenderParts, approvals: Approvals): Senders => ({
  ...securitySenders(accounts.notices, grants),
  approval: accounts.notices.approvals(async (userId, id) => {
    const approval = await findQuestion(approvals, userId, id);
    if (approval === null) return null;
    const { tool, sentence, clientName, expiresAt, status } = approval;
    return { title: titleOf(tool), sentence, clientName, expiresAt, pending: status === "pending" };
  }),
});
