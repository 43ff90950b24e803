import type { Accounts } from "../accounts/accounts.ts";
import type { Notices } from "../accounts/notices.ts";
import { type SecurityKind, securityWords } from "../accounts/security-message.ts";
import type { Approvals } from "../ledger/approvals.ts";
import type { Grants } from "../oauth/grants.ts";
import type { Senders } from "../work/outbox.ts";
import { findQuestion } from "./questions.ts";

interface SenderParts {
  readonly accounts: Pick<Accounts, "notices">;
  readonly grants: Pick<Grants, "find">;
  readonly titleOf: (tool: string) => string;
}

const isSecurityKind = (name: string): name is SecurityKind => Object.hasOwn(securityWords, name);
const kinds = Object.keys(securityWords).filter(isSecurityKind);

/** Tells people of what happened to their account. */
function securitySenders(notices: Pick<Notices, "tellSecurity">, grants: Pick<Grants, "find">): Senders {
  const plain = (kind: SecurityKind): Senders[string] => {
    return (userId, id, at) => notices.tellSecurity(userId, { kind, id, at });
  };
  return {
    ...Object.fromEntries(kinds.map((kind) => [kind, plain(kind)])),
    async link_made(userId, id, at) {
      const link = await grants.find(userId, id);
      // Whoever linked it may have unlinked it at once: that it was is told all the same. Its client may be gone with it.
      if (link === null) return notices.tellSecurity(userId, { kind: "link_made", id, at });
      const { clientName, redirectHost, scopes } = link;
      const facts = { clientName, redirectHost, grants: scopes.map(({ grants: words }) => words) };
      return notices.tellSecurity(userId, { kind: "link_made", id, at, link: facts });
    },
  };
}

/** Tells people of what waits for them, and of what happened to their account: what the outbox calls. */
export const sendersOf = ({ accounts, grants, titleOf }: SenderParts, approvals: Approvals): Senders => ({
  ...securitySenders(accounts.notices, grants),
  approval: accounts.notices.deliver(async (userId, id) => {
    const approval = await findQuestion(approvals, userId, id);
    if (approval === null) return null;
    const { tool, sentence, clientName, expiresAt, status } = approval;
    return { title: titleOf(tool), sentence, clientName, expiresAt, pending: status === "pending" };
  }),
});
