import assert from "node:assert/strict";
import { sql } from "kysely";
import { eachEngine } from "../../../test/database.ts";
import { migrations as oauthMigrations } from "../migrations/index.ts";
import { insertFirstKey, listKeys, type StoredKey } from "./keys.ts";

const migrations = [
  { name: "0001-users", statements: ["create table users (id uuid primary key)"] },
  ...oauthMigrations,
];

const START = new Date("2026-11-20T10:00:00Z");
const key = (kid: string): StoredKey => ({
  kid,
  algorithm: "RS256",
  publicJwk: { kid },
  sealed: Buffer.from("sealed"),
  createdAt: START,
  activatesAt: START,
  retiredAt: null,
});

eachEngine("of many processes that make a first key at once, one does", migrations, async (_t, database) => {
  // With every connection open beforehand, they truly start together.
  const opened = Array.from({ length: 8 }, () => sql`select pg_sleep(0.05)`.execute(database.handle));
  await Promise.all(opened);
  const rivals = Array.from({ length: 8 }, (_, index) => insertFirstKey(database, key(`key-${index}`)));
  await Promise.all(rivals);
  const [only, ...others] = await listKeys(database.handle, START);
  assert.deepEqual(others, []);
  await insertFirstKey(database, key("later"));
  assert.deepEqual(await listKeys(database.handle, START), [only]);
});
