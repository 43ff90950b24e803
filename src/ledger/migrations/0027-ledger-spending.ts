import type { Migration } from "../../database/handle.ts";

/**
 * What a person lets assistants spend, whom they let be paid, and what every operation may have spent. All of it hangs on
 * the person's policy, which each change locks first, and goes with the person: whoever spends asks for the user's row
 * before the policy or not at all, as whoever erases does. A reservation references no operation, which may go before it.
 */
export const migration: Migration = {
  name: "0027-ledger-spending",
  statements: [
    `create table spend_policies (
      user_id uuid primary key references users (id) on delete cascade,
      version int not null default 0 check (version >= 0),
      caps jsonb not null default '[]'::jsonb check (jsonb_typeof(caps) = 'array'),
      recipients_only boolean not null default false,
      changed_at timestamptz not null
    )`,
    `create table spend_recipients (
      user_id uuid not null references spend_policies (user_id) on delete cascade,
      recipient text not null,
      label text not null,
      added_at timestamptz not null,
      usable_from timestamptz not null,
      primary key (user_id, recipient)
    )`,
    `create table reservations (
      id uuid not null,
      user_id uuid not null references spend_policies (user_id) on delete cascade,
      asset text not null,
      asset_key text not null,
      amount numeric not null check (amount >= 0 and amount = trunc(amount)),
      decimals int not null check (decimals >= 0),
      recipient text,
      state text not null check (state in ('reserved', 'spent', 'released')),
      reserved_at timestamptz not null,
      settled_at timestamptz,
      primary key (id, asset_key),
      check ((state = 'reserved') = (settled_at is null))
    )`,
    "create index reservations_held on reservations (user_id, asset_key) where state = 'reserved'",
    "create index reservations_spent on reservations (user_id, asset_key, settled_at) where state = 'spent'",
  ],
};
