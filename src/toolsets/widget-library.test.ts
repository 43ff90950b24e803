import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { temporaryDirectory } from "../../test/bellhop.ts";
import { eachEngine } from "../../test/database.ts";
import { AppError } from "../kernel/errors.ts";
import { migrations } from "./migrations/index.ts";
import { openWidgetLibrary, widgetBuild } from "./widget-library.ts";

const day = (count: number, minute = 0): Date => new Date(Date.UTC(2026, 0, 1 + count, 0, minute));

const buildOf = (files: Readonly<Record<string, string>>) =>
  new Map(Object.entries(files).map(([name, content]) => [name, { name, content, hash: `hash of ${content}` }]));

describe("a build of the widgets", () => {
  it("is read by name, each file with a hash of what it holds", (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(join(directory, "list.html"), "<p>1</p>");
    writeFileSync(join(directory, "list.js"), "one()");
    const first = widgetBuild(directory, ["list"], false)();
    assert.deepEqual([...first.keys()].toSorted(), ["list.html", "list.js"]);
    assert.match(first.get("list.html")?.hash ?? "", /^[0-9a-f]{16}$/);
    writeFileSync(join(directory, "list.html"), "<p>2</p>");
    const second = widgetBuild(directory, ["list"], false)();
    assert.notEqual(second.get("list.html")?.hash, first.get("list.html")?.hash);
    assert.equal(second.get("list.js")?.hash, first.get("list.js")?.hash);
  });

  it("is followed in development alone, and never in the middle of being written", (t) => {
    const directory = temporaryDirectory(t);
    const page = join(directory, "list.html");
    writeFileSync(page, "old");
    const [fixed, followed] = [false, true].map((follows) => widgetBuild(directory, ["list"], follows));
    writeFileSync(page, "new");
    assert.equal(fixed?.().get("list.html")?.content, "old");
    assert.equal(followed?.().get("list.html")?.content, "new");
    rmSync(directory, { recursive: true });
    assert.equal(followed?.().get("list.html")?.content, "new");
  });

  it("that is missing, or misses a widget's page, stops the start with the next step", (t) => {
    const directory = temporaryDirectory(t);
    mkdirSync(join(directory, "empty"));
    for (const place of ["nowhere", "empty"])
      assert.throws(
        () => widgetBuild(join(directory, place), ["list"], false),
        (error) => error instanceof AppError && error.code === "unavailable" && /npm start/.test(error.next),
      );
  });
});

eachEngine("the widget library", migrations, async (t, database) => {
  await t.test("answers for this build and for every build before, in every process", async () => {
    await openWidgetLibrary(
      () => buildOf({ "list.html": "old" }),
      database,
      () => day(0),
    );
    const library = await openWidgetLibrary(
      () => buildOf({ "list.html": "new" }),
      database,
      () => day(1),
    );
    assert.equal(library.current("list.html")?.content, "new");
    assert.equal((await library.find("list.html", "hash of new"))?.content, "new");
    assert.equal((await library.find("list.html", "hash of old"))?.content, "old");
    // A process that has not been replaced yet is asked for what the new one offers.
    const older = await openWidgetLibrary(
      () => buildOf({ "list.html": "old" }),
      database,
      () => day(2),
    );
    assert.equal((await older.find("list.html", "hash of new"))?.content, "new");
  });

  await t.test("knows nothing of a name or a hash that never was", async () => {
    const library = await openWidgetLibrary(
      () => buildOf({ "list.html": "new" }),
      database,
      () => day(3),
    );
    assert.equal(library.current("none.html"), null);
    assert.equal(await library.find("none.html", "hash of new"), null);
    assert.equal(await library.find("list.html", "hash of none"), null);
  });

  await t.test("lets go of what nobody has offered for more than a year", async () => {
    await openWidgetLibrary(
      () => buildOf({ "list.html": "ancient" }),
      database,
      () => day(10),
    );
    const yearLater = await openWidgetLibrary(
      () => buildOf({ "list.html": "new" }),
      database,
      () => day(10 + 366),
    );
    assert.ok(await yearLater.find("list.html", "hash of ancient"));
    const later = await openWidgetLibrary(
      () => buildOf({ "list.html": "new" }),
      database,
      () => day(10 + 401),
    );
    assert.equal(await later.find("list.html", "hash of ancient"), null);
    assert.ok(await later.find("list.html", "hash of new"));
  });

  await t.test("keeps the newest two hundred of one who builds all day", async () => {
    for (let build = 0; build < 205; build += 1)
      await openWidgetLibrary(
        () => buildOf({ "busy.html": `build ${build}` }),
        database,
        () => day(1000, build),
      );
    const library = await openWidgetLibrary(
      () => buildOf({ "busy.html": "build 204" }),
      database,
      () => day(1001),
    );
    assert.equal(await library.find("busy.html", "hash of build 4"), null);
    assert.ok(await library.find("busy.html", "hash of build 5"));
  });

  await t.test("two processes that start at once both succeed", async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`w${index}.html`, `at once ${index}`]));
    const backwards = Object.fromEntries(Object.entries(files).toReversed());
    await Promise.all(
      [files, backwards, files].map((one) =>
        openWidgetLibrary(
          () => buildOf(one),
          database,
          () => day(1002),
        ),
      ),
    );
  });
});
