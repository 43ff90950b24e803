import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as z from "zod";
import { migrations } from "../../src/app/migrations.ts";
import { openDataDirectory } from "../../src/database/data-directory.ts";
import type { Database } from "../../src/database/handle.ts";
import { openPGlite } from "../../src/database/pglite.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { publicKey } from "../../src/kernel/checkpoint.ts";
import { startBellhop, temporaryDirectory } from "../bellhop.ts";
import { callTool, linkWithPrivy, privyApp } from "../clients/raw-link.ts";
import { runBellhop } from "../command-line.ts";
import { type Engine, engines, freshPostgres } from "../database.ts";
import { verified } from "../ledger/receipts.ts";

/*
 * An update of a server that people use. What they had is what the release before operations, jobs and tiers wrote itself:
 * two people, their links, an intent, a decision on an item, and seven receipts in chains, under two checkpoints. No secret
 * and no private key is among it: the key that signed was followed by another.
 */

const FORMER = "0020-receipt-chain";
const ANA = { subject: "did:privy:ana", calls: 5 };
const BEN = { subject: "did:privy:ben", calls: 2 };

const fixture = z
  .record(z.string(), z.array(z.record(z.string(), z.json())))
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "..", "data", "release-0020.json"), "utf8")));

/** Where a server's data lies, and what it is started with. */
interface Place {
  readonly environment: Readonly<Record<string, string>>;
  readonly dataDirectory: string;
  open(): Promise<Database>;
}

async function placeOf(t: TestContext, engine: Engine): Promise<Place> {
  const dataDirectory = join(temporaryDirectory(t), "data");
  const common = { BELLHOP_DATA_DIR: dataDirectory, BELLHOP_SECRET: "a secret of the tests, long enough for a server" };
  if (engine === "pglite") {
    const { database: directory, snapshots: snapshotDirectory } = openDataDirectory(dataDirectory);
    const open = () => openPGlite({ directory, snapshotDirectory, clock: () => new Date() });
    return { environment: common, dataDirectory, open };
  }
  const url = await freshPostgres(t);
  const open = () => openPostgres({ url, report: (error) => t.diagnostic(error.message) });
  return { environment: { ...common, DATABASE_URL: url }, dataDirectory, open };
}

const inPlace = async <T>(place: Place, work: (database: Database) => Promise<T>): Promise<T> => {
  const database = await place.open();
  try {
    return await work(database);
  } finally {
    await database.close();
  }
};

/** Makes the database that the former release left behind, as if it had stopped a moment ago. */
const fill = (place: Place): Promise<void> =>
  inPlace(place, async (database) => {
    await database.migrate(migrations.filter(({ name }) => name <= FORMER));
    for (const [table, rows] of Object.entries(fixture)) {
      const text = `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`;
      await database.query(text, [JSON.stringify(rows)]);
    }
    // A link that nobody has used for months has ended by itself.
    await database.query("update oauth_grants set last_used_at = now()", []);
  });

/** Rows of the former release that are not there any more as they were; columns may have come. */
const changed = (place: Place, before: typeof fixture): Promise<readonly string[]> =>
  inPlace(place, async (database) => {
    const lost: string[] = [];
    for (const [table, rows] of Object.entries(before))
      for (const row of rows) {
        const text = `select from ${table} t where to_jsonb(t) @> $1::jsonb`;
        const found = await database.query(text, [JSON.stringify(row)]);
        if (found.rows.length !== 1) lost.push(`${table} ${JSON.stringify(row)}`);
      }
    return lost;
  });

/** What is there of each table of the former release, as this engine writes it. */
const rowsOf = (place: Place): Promise<typeof fixture> =>
  inPlace(place, async (database) => {
    const whole: [string, z.infer<typeof rowList>][] = [];
    for (const table of Object.keys(fixture)) {
      const { rows } = await database.query(`select to_jsonb(t) as row from ${table} t`, []);
      whole.push([table, rowList.parse(rows.map((one) => Object(one).row))]);
    }
    return Object.fromEntries(whole);
  });
const rowList = z.array(z.record(z.string(), z.json()));

const userOf = (subject: string): string =>
  z.string().parse(fixture["identities"]?.find((row) => row["subject"] === subject)?.["user_id"]);
const chainOf = (userId: string): string =>
  z.string().parse(fixture["receipt_chains"]?.find((row) => row["user_id"] === userId)?.["chain"]);

/** A person's receipts as the operator exports them from the running server, verified by the key that the release had. */
async function exported(t: TestContext, place: Place, userId: string) {
  const file = join(temporaryDirectory(t), "receipts.jsonl");
  const { code, stderr } = await runBellhop(["receipts", "export", "--user", userId, "--out", file], place.environment);
  assert.equal(code, 0, stderr);
  const verdict = await verified(readFileSync(file));
  assert.ok(verdict.ok, JSON.stringify(verdict));
  return verdict;
}

/** Records of a person that the former release wrote. */
const recordsOf = (userId: string): number =>
  (fixture["receipt_records"] ?? []).filter((row) => row["chain"] === chainOf(userId)).length;

for (const engine of engines)
  test(`a database of the former release is migrated at the start, and nothing is lost (${engine})`, async (t) => {
    const place = await placeOf(t, engine);
    await fill(place);
    const before = await rowsOf(place);
    const app = await privyApp();
    const environment = {
      ...place.environment,
      PRIVY_APP_ID: app.appId,
      PRIVY_VERIFICATION_KEY: app.verificationKey,
    };
    const bellhop = await startBellhop(t, { environment });
    const [ana, ben] = [userOf(ANA.subject), userOf(BEN.subject)];

    await t.test("the chains of receipts verify, whole, by the key that signed them then", async (st) => {
      const former = publicKey.strip().parse(fixture["receipt_keys"]?.[0]?.["public_key"]);
      for (const userId of [ana, ben]) {
        const { chain, records, erased, kids } = await exported(st, place, userId);
        assert.deepEqual([chain, records, erased], [chainOf(userId), recordsOf(userId), 0]);
        assert.ok(kids.includes(former.kid));
      }
    });

    await t.test("a person who comes back is who they were, and their chain goes on", async (st) => {
      const { access_token: bearer } = await linkWithPrivy(bellhop.url, app, ANA.subject);
      const answer = await callTool(bellhop.mcpUrl, bearer, "echo", { text: "after the update" });
      assert.match(await answer.text(), /after the update/);
      const { chain, records } = await exported(st, place, ana);
      assert.deepEqual([chain, records], [chainOf(ana), recordsOf(ana) + 1]);
      const { stdout } = await runBellhop(["admin", "tier", "show", ana], place.environment);
      assert.match(stdout, /has free/, "who bought nothing has the lowest tier");
    });

    await t.test("every row of then is there, as it was", async () => {
      await bellhop.kill();
      // Whose turn it is to write is nobody's for long; Ana has just signed in again.
      const { receipt_lanes: _lanes, identities = [], ...rest } = before;
      const lasting = identities.map(({ last_used_at: _at, ...identity }) => identity);
      assert.deepEqual(await changed(place, { ...rest, identities: lasting }), []);
      const { receipts = [] } = await rowsOf(place);
      assert.equal(receipts.length, ANA.calls + BEN.calls + 1);
    });

    if (engine === "pglite")
      await t.test("before it was migrated, a snapshot was written", () => {
        assert.equal(readdirSync(join(place.dataDirectory, "snapshots")).length, 1);
      });

    await t.test("and it starts again", async () => {
      await bellhop.restart();
      assert.equal((await fetch(`${bellhop.url}/health`)).status, 200);
    });
  });
