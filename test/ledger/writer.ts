/*
 * A process of its own that writes receipts until it is killed: `node writer.ts URL|DIRECTORY`. It prints the id of each
 * receipt once it is committed.
 */
import { existsSync } from "node:fs";
import { openPGlite } from "../../src/database/pglite.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { change, receipt } from "./receipts.ts";

const place = process.argv[2] ?? "";
const database = existsSync(place)
  ? await openPGlite({ directory: place, clock: () => new Date() })
  : await openPostgres({ url: place, report: () => undefined });
const ledger = createLedger(database, () => new Date());

/** One caller: a read, then a change, and again. */
async function call(): Promise<void> {
  for (;;) {
    const read = receipt({ id: uuidv7(new Date()) });
    await ledger.record(read);
    process.stdout.write(`${read.id}\n`);
    const { id } = await change(ledger, { id: uuidv7(new Date()) });
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all(Array.from({ length: 20 }, call));
