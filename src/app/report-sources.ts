import type { Database } from "../database/handle.ts";
import { decimalText } from "../kernel/money.ts";
import { countActivity, countApprovals } from "../ledger/records/activity.ts";
import { sumSpent } from "../ledger/records/reservations.ts";
import type { Grants } from "../oauth/grants.ts";
import type { ReportSources } from "../toolsets/general/account-report.ts";

interface ReportParts {
  readonly database: Database;
  readonly grants: Pick<Grants, "list">;
  readonly titleOf: (tool: string) => string;
}

/** Where the account report has its figures from: the rooms that keep them. */
export const reportSources = ({ database, grants, titleOf }: ReportParts): ReportSources => ({
  counts: (userId, period) => countActivity(database.handle, userId, period),
  async links(userId) {
    const live = await grants.list(userId);
    return live.map(({ clientName, channel, permissions, createdAt, lastUsedAt }) => ({
      clientName,
      channel,
      permissions: permissions.map(({ name }) => name),
      createdAt,
      lastUsedAt,
    }));
  },
  approvals: (userId, period) => countApprovals(database.handle, userId, period),
  async spent(userId, { from, until }) {
    const sums = await sumSpent(database.handle, userId, from, until);
    return sums.map(({ asset, ...sum }) => ({ asset, amount: decimalText(sum) }));
  },
  titleOf,
});
