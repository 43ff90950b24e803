import { sql } from "kysely";
import type { Database, Handle } from "../../database/handle.ts";
import type { KeptStanding, SubscriptionStatus } from "../../kernel/tiers.ts";

/* What tiers and bundles the tables say that people have. Nothing is written here. */

interface StandingRow {
  readonly userId: string;
  readonly tier: string | null;
  readonly status: SubscriptionStatus | null;
  readonly periodEnd: Date | null;
  readonly bundles: readonly { readonly bundle: string; readonly until: string | null }[];
}

const toStanding = ({ tier, status, periodEnd, bundles }: StandingRow): KeptStanding => ({
  subscription: tier === null || status === null ? null : { tier, status, periodEnd },
  bundles: bundles.map(({ bundle, until }) => ({ bundle, until: until === null ? null : new Date(until) })),
});

const standingsOf = (userIds: readonly string[]) => sql<StandingRow>`
    select asked.id as "userId", s.tier, s.status, s.current_period_end as "periodEnd", coalesce(own.bundles, '[]') as bundles
    from (select value::uuid as id from jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb)) asked
    left join user_subscriptions s on s.user_id = asked.id
    left join lateral (
      select jsonb_agg(jsonb_build_object('bundle', b.bundle, 'until', b.until)) as bundles
      from user_bundles b where b.user_id = asked.id
    ) own on true
    where s.user_id is not null or own.bundles is not null`;

const byUser = (rows: readonly StandingRow[]): ReadonlyMap<string, KeptStanding> =>
  new Map(rows.map((row) => [row.userId, toStanding(row)]));

/** The standings of several people in one statement; who has nothing but the lowest tier is missing. */
export const findStandings = async (
  handle: Handle,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, KeptStanding>> => byUser((await standingsOf(userIds).execute(handle)).rows);

/** The same outside any transaction, as it is asked every second for everyone who calls. */
export const askStandings = async (
  { ask }: Pick<Database, "ask">,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, KeptStanding>> => byUser(await ask("standings", standingsOf(userIds)));
