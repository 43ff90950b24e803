import assert from "node:assert/strict";
import { eachEngine } from "../../test/database.ts";
import { again, completed, openWorkHouse, workTables } from "../../test/work/house.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { type Feed, type FeedSource, openFeed } from "./feed.ts";

/** The next news of a watcher. */
async function take<Item>(watch: ReturnType<Feed<Item>["watch"]>, count: number) {
  const seen: { readonly id: string; readonly item: Item }[] = [];
  while (seen.length < count) {
    const next = await watch.next();
    if (next.done) break;
    if (next.value) seen.push(next.value);
  }
  return seen;
}

eachEngine(
  "a job is news as it begins, goes on and ends, to its own person alone",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const [userId, other] = [await house.person(), await house.person()];
    const stop = new AbortController();
    const watch = house.feed.watch({ userId, after: uuidv7(new Date()), signal: stop.signal });
    const first = take(watch, 1);
    await house.add({ userId: other });
    const job = await house.add({ userId });
    const hidden = await house.add({ userId, status: "running", hidden: true });
    const [queued] = await first;
    assert.deepEqual([queued?.item.job.id, queued?.item.job.status], [job.id, "queued"]);
    const taken = (await house.jobs.take(5)).find(({ id }) => id === job.id);
    assert.ok(taken);
    taken.run.progress({ stage: "half", percent: 50, etaSeconds: null });
    await house.jobs.show(hidden.id);
    await house.end(job.id, taken.run, completed);
    // What it passed through in between may come or not; how each stands in the end always does.
    const last = new Map<string, string>();
    while (last.get(job.id) !== "completed" || !last.has(hidden.id))
      for (const { item } of await take(watch, 1)) last.set(item.job.id, item.job.status);
    assert.deepEqual([...last.keys()].toSorted(), [job.id, hidden.id].toSorted(), "and nothing of anybody else");
    stop.abort();
    await house.close();
  },
);

eachEngine(
  "feed replay: from the last event of any kind on, every job comes as it stands",
  workTables,
  async (_t, database) => {
    const house = await openWorkHouse(database);
    const userId = await house.person();
    const jobs = [];
    for (let index = 0; index < 5; index += 1) jobs.push(await house.add({ userId }));
    for (const taken of await house.jobs.take(2)) await house.end(taken.id, taken.run, again);
    const stop = new AbortController();
    const seen = await take(house.feed.watch({ userId, after: jobs[0]?.id, signal: stop.signal }), 5);
    assert.deepEqual(new Set(seen.map(({ item }) => item.job.id)), new Set(jobs.map(({ id }) => id)));
    const times = seen.map(({ item }) => item.job.changedAt.getTime());
    assert.deepEqual(times, times.toSorted(), "in the order of their changes");
    const last = seen.at(-1)?.id;
    const more = await take(house.feed.watch({ userId, after: last, signal: stop.signal }), 1);
    assert.ok(more[0], "the id of an event is one to go on from");
    stop.abort();
    await house.close();
  },
);

eachEngine("more changes of one moment than a page holds come all, and once", workTables, async (_t, database) => {
  const at = new Date();
  const all = Array.from({ length: 950 }, (_, index) => ({ id: uuidv7(at), at, item: index }));
  const many: FeedSource<number> = {
    kind: "many",
    changedSince: async (_userId, from, limit) => (from <= at ? all.slice(0, limit) : []),
  };
  const feed = await openFeed({ database, clock: () => at, sources: [many] });
  const stop = new AbortController();
  const seen = await take(feed.watch({ userId: "u", after: uuidv7(at), signal: stop.signal }), all.length);
  assert.deepEqual(
    seen.map(({ item }) => item),
    all.map(({ item }) => item),
  );
  stop.abort();
  await feed.close();
});

eachEngine(
  "rings that keep coming are read together; the first one is heard at once",
  workTables,
  async (_t, database) => {
    const at = new Date();
    const all: { readonly id: string; readonly at: Date; readonly item: number }[] = [];
    const add = (item: number) => void all.push({ id: uuidv7(at), at, item });
    const reads = { count: 0 };
    const source: FeedSource<number> = {
      kind: "many",
      async changedSince() {
        reads.count += 1;
        return [...all];
      },
    };
    const parts = { database, clock: () => at, sources: [source] };

    // A calm of an hour: what is heard within the test is the first ring alone.
    const long = await openFeed({ ...parts, calmMs: 3_600_000 });
    const stop = new AbortController();
    add(0);
    const watch = long.watch({ userId: "u", after: uuidv7(at), signal: stop.signal });
    assert.equal((await take(watch, 1)).length, 1);
    const first = take(watch, 1);
    add(1);
    await long.announce(["u"]);
    assert.equal((await first)[0]?.item, 1);
    const later = take(watch, 1);
    add(2);
    for (let ring = 0; ring < 50; ring += 1) await long.announce(["u"]);
    stop.abort();
    assert.deepEqual(await later, [], "the rings of the calm wait for its end");
    assert.equal(reads.count, 2);
    await long.close();

    const short = await openFeed({ ...parts, calmMs: 100 });
    const once = short.watch({ userId: "u", after: uuidv7(at), signal: new AbortController().signal });
    assert.equal((await take(once, 3)).length, 3);
    const begun = performance.now();
    reads.count = 0;
    const rest = take(once, 40);
    for (let item = 3; item < 43; item += 1) {
      add(item);
      await short.announce(["u"]);
    }
    assert.deepEqual(
      (await rest).map(({ item }) => item),
      Array.from({ length: 40 }, (_, index) => index + 3),
    );
    const most = 2 + (performance.now() - begun) / 100;
    assert.ok(reads.count <= most, `${reads.count} reads, at most ${most}`);
    await short.close();
  },
);

eachEngine("a transaction tells when it commits, and not before", workTables, async (_t, database) => {
  const house = await openWorkHouse(database);
  const userId = await house.person();
  const stop = new AbortController();
  const watch = house.feed.watch({ userId, after: uuidv7(new Date()), signal: stop.signal });
  const first = take(watch, 1);
  const undone = database.transaction(async (handle) => {
    await house.jobs.add(handle, {
      id: uuidv7(new Date()),
      userId,
      clientId: "client_1",
      tool: "undone",
      status: "queued",
      cancellable: true,
      attempts: 1,
      hidden: false,
      bounded: false,
      now: new Date(),
    });
    throw new Error("no");
  });
  await assert.rejects(undone);
  await house.add({ userId, tool: "done" });
  assert.equal((await first)[0]?.item.job.tool, "done");
  stop.abort();
  await house.close();
});
