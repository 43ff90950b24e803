import type { Migration } from "../../database/handle.ts";

/**
 * What a person has bought, and what they have used of it. Nothing here ends by a job: an end is a date, and every reader
 * compares it with its own time.
 */
export const migration: Migration = {
  name: "0023-accounts-tiers",
  statements: [
    // Who reads `profiles` finds what the settings sell; each start writes it anew.
    `create table tiers (
      name text primary key,
      title text not null,
      rank integer not null
    )`,
    `create table user_subscriptions (
      user_id uuid primary key references users (id) on delete cascade,
      tier text not null,
      status text not null check (status in ('active', 'trialing', 'past_due', 'canceled', 'expired')),
      current_period_end timestamptz,
      provider text not null,
      last_payment_at timestamptz,
      last_payment_reference text,
      payment_payload jsonb,
      as_of timestamptz not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`,
    // Never written again: who changed what, and when.
    `create table subscription_changes (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade,
      tier text not null,
      status text not null,
      current_period_end timestamptz,
      provider text not null,
      reference text,
      as_of timestamptz not null,
      at timestamptz not null
    )`,
    "create index subscription_changes_of_user on subscription_changes (user_id, id desc)",
    `create table user_bundles (
      user_id uuid not null references users (id) on delete cascade,
      bundle text not null,
      until timestamptz,
      granted_at timestamptz not null,
      granted_by text not null,
      primary key (user_id, bundle)
    )`,
    `create table usage_counters (
      user_id uuid not null references users (id) on delete cascade,
      day date not null,
      tool text not null,
      used integer not null check (used >= 0),
      primary key (user_id, day, tool)
    )`,
    "create index usage_counters_by_day on usage_counters (day)",
    `create table billing_deliveries (
      id text primary key,
      received_at timestamptz not null
    )`,
    "create index billing_deliveries_by_time on billing_deliveries (received_at)",
    // The first stack wrote the tier into two places. Here the second one is a look at the first.
    `create view profiles as
      select u.id, u.id as supabase_user_id, u.display_name,
        coalesce(live.name, (select name from tiers order by rank, name limit 1), 'free') as tier,
        case when live.name is not null then s.current_period_end end as tier_until,
        u.created_at
      from users u
      left join user_subscriptions s on s.user_id = u.id
      left join tiers live on live.name = s.tier and case
        when s.status = 'expired' then false
        when s.current_period_end is null then s.status in ('active', 'trialing')
        else s.current_period_end > statement_timestamp()
      end`,
  ],
};
