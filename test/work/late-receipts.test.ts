import assert from "node:assert/strict";
import { sql } from "kysely";
import { lateReceiptNews } from "../../src/app/late-receipts.ts";
import { migrations } from "../../src/app/migrations.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { openFeed } from "../../src/work/feed.ts";
import { eachEngine } from "../database.ts";
import { receipt } from "../ledger/receipts.ts";
import { completed, openWorkHouse } from "./house.ts";

eachEngine(
  "what was asked for yesterday and ran today is news today, with its receipt",
  migrations,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const feed = await openFeed({ database, clock: () => new Date(), sources: [lateReceiptNews(database)] });
    const userId = uuidv7(new Date());
    await sql`insert into users (id, created_at) values (${userId}, now())`.execute(database.handle);
    const yesterday = new Date(Date.now() - 86_400_000);
    const id = uuidv7(yesterday);
    const stop = new AbortController();
    const watch = feed.watch({ userId, after: uuidv7(new Date()), signal: stop.signal });
    const next = watch.next();
    await house.add({ id, userId });
    const [taken] = await house.jobs.take(1);
    assert.ok(taken);
    await createLedger(database, () => new Date()).record(receipt({ id, userId }));
    await house.end(id, taken.run, completed);
    await feed.announce([userId]);
    const { value: news } = await next;
    assert.equal(news?.item.receipt.id, id);
    assert.notEqual(news?.id, id, "a replay goes on from the time of its end");
    taken.run.release();
    stop.abort();
    await Promise.all([feed.close(), house.close()]);
  },
);
