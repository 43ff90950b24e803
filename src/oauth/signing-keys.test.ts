import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { eachEngine } from "../../test/database.ts";
import type { Database } from "../database/handle.ts";
import { after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { migrations as oauthMigrations } from "./migrations/index.ts";
import { type GivenKey, openSigningKeys } from "./signing-keys.ts";

const migrations = [
  { name: "0001-users", statements: ["create table users (id uuid primary key)"] },
  ...oauthMigrations,
];
const START = new Date("2026-11-20T10:00:00Z");

function pem(type: "rsa" | "ec", bits = 2048): GivenKey {
  const pair =
    type === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: bits })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privateKey: pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    publicKey: pair.publicKey.export({ format: "pem", type: "spki" }).toString(),
  };
}

const open = (database: Database, more: { masterSecret?: string; signingKey?: GivenKey; clock?: () => Date } = {}) =>
  openSigningKeys({ database, clock: () => START, masterSecret: "secret", signingKey: undefined, ...more });

eachEngine(
  "processes that start together on an empty database agree on one first key",
  migrations,
  async (_t, database) => {
    const all = await Promise.all(Array.from({ length: 4 }, () => open(database)));
    const [first] = all;
    assert.ok(first);
    const active = await Promise.all(all.map((keys) => keys.active()));
    assert.equal(new Set(active.map(({ kid }) => kid)).size, 1);
    const { keys } = await first.published();
    assert.equal(keys.length, 1);
    assert.deepEqual(
      Object.keys(keys[0] ?? {}).toSorted(),
      ["alg", "e", "kid", "kty", "n", "use"],
      "no private member is published",
    );
  },
);

eachEngine(
  "an operator's own key becomes the first one, named by its thumbprint, and later settings do not replace it",
  migrations,
  async (_t, database) => {
    const given = pem("rsa");
    const keys = await open(database, { signingKey: given });
    assert.equal((await keys.active()).kid, await calculateJwkThumbprint(createPublicKey(given.publicKey)));
    const again = await open(database, { signingKey: pem("rsa") });
    assert.equal((await again.active()).kid, (await keys.active()).kid);
  },
);

eachEngine(
  "a process with another master secret is refused with a sentence that says what to do",
  migrations,
  async (_t, database) => {
    await open(database);
    await assert.rejects(open(database, { masterSecret: "another" }), (error) => {
      assert.ok(error instanceof AppError);
      assert.match(`${error.message} ${error.next}`, /different master secret.*Set BELLHOP_SECRET to the same value/);
      return true;
    });
  },
);

eachEngine("a key that cannot be used stops the start", migrations, async (_t, database) => {
  const [one, two] = [pem("rsa"), pem("rsa")];
  await assert.rejects(
    open(database, { signingKey: { ...one, publicKey: two.publicKey } }),
    /JWT_PUBLIC_KEY belongs to another key/,
  );
  await assert.rejects(open(database, { signingKey: pem("ec") }), /not an RSA key/);
  await assert.rejects(open(database, { signingKey: pem("rsa", 1024) }), /shorter than 2048 bits/);
  await assert.rejects(open(database, { signingKey: { ...one, privateKey: "nonsense" } }), /not a PEM key/);
});

eachEngine("an unknown kid is looked for in the database, but not each time", migrations, async (_t, database) => {
  let now = START;
  const keys = await open(database, { clock: () => now });
  let queries = 0;
  const counting = await open(
    {
      ...database,
      get handle() {
        queries++;
        return database.handle;
      },
    },
    { clock: () => now },
  );
  queries = 0;
  for (let index = 0; index < 20; index++) assert.equal(await counting.find(`made-up-${index}`), null);
  now = after(now, 6);
  for (let index = 0; index < 20; index++) assert.equal(await counting.find(`made-up-${index}`), null);
  assert.equal(queries, 1);
  assert.ok(await counting.find((await keys.active()).kid));
});
