import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { until } from "../../test/bellhop.ts";
import { masterSecretOf, openDataDirectory } from "./data-directory.ts";
import { lockDirectory } from "./directory-lock.ts";
import { openPGlite } from "./pglite.ts";
import { restoreSnapshot } from "./restore.ts";
import { sql } from "kysely";

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "bellhop-test-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const clock = () => new Date("2026-11-21T10:00:00Z");

/** A process that takes the lock, says so, and waits to be killed. */
function holder(directory: string) {
  const script = `import { lockDirectory } from ${JSON.stringify(import.meta.resolve("./directory-lock.ts"))};
    try { lockDirectory(${JSON.stringify(directory)}); console.log("held"); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.message); }`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
}

const firstLine = async (child: ReturnType<typeof holder>): Promise<string> =>
  String((await once(child.stdout, "data"))[0]).trim();

test("a held directory is refused, naming the living process; released, it is free", (t) => {
  const directory = temporary(t);
  const lock = lockDirectory(directory);
  assert.throws(() => lockDirectory(directory), new RegExp(`in use by process ${process.pid}`));
  lock.release();
  lockDirectory(directory).release();
});

test("a dead owner loses the directory at once", async (t) => {
  const directory = temporary(t);
  const child = holder(directory);
  assert.equal(await firstLine(child), "held");
  assert.throws(() => lockDirectory(directory), /in use by process/);
  child.kill("SIGKILL");
  await once(child, "exit");
  lockDirectory(directory).release();
});

test("an id that another process runs under now does not hold the directory", (t) => {
  const directory = temporary(t);
  writeFileSync(
    join(directory, "lock.7"),
    JSON.stringify({ pid: process.pid, started: "1", host: hostname(), released: false }),
  );
  lockDirectory(directory).release();
  assert.deepEqual(readdirSync(directory), ["lock.8"]);
});

test("a zombie is dead, though its id is still taken", async (t) => {
  const directory = temporary(t);
  // The shell starts a holder and replaces itself by sleep, which never looks after its child.
  const script = `import { lockDirectory } from ${JSON.stringify(import.meta.resolve("./directory-lock.ts"))}; lockDirectory(${JSON.stringify(directory)}); console.log("held");`;
  const parent = spawn("sh", ["-c", '"$0" --input-type=module -e "$1" & exec sleep 60', process.execPath, script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => parent.kill("SIGKILL"));
  await once(parent.stdout, "data");
  const taken = await until("the directory to be free", () => {
    try {
      return lockDirectory(directory);
    } catch {
      return undefined;
    }
  });
  taken.release();
});

test("an owner in another container of this machine is judged by its socket; one of another machine is believed", (t) => {
  const directory = temporary(t);
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const owner = { pid: 1, started: "1", host: "another-container", released: false };
  const write = (name: string, change: object): void => {
    writeFileSync(join(directory, name), JSON.stringify({ ...owner, ...change }));
    utimesSync(join(directory, name), 0, 0);
  };
  write("lock.1", { boot: "another-boot" });
  assert.throws(() => lockDirectory(directory, false), /process 1 on another-container/);
  write("lock.2", { boot });
  assert.throws(() => lockDirectory(directory, true), /process 1 on another-container/);
  lockDirectory(directory, false).release();
});

test("the embedded database is closed to others even in a directory that was open to them", (t) => {
  const path = join(temporary(t), "premade");
  mkdirSync(path, { mode: 0o755 });
  const directory = openDataDirectory(path);
  assert.equal(statSync(directory.database).mode & 0o777, 0o700);
});

test("a directory with a very long path has its socket in a private one", (t) => {
  const directory = openDataDirectory(join(temporary(t), "deep".repeat(30)));
  assert.ok(directory.socket.length <= 100, directory.socket);
});

test("of many that find the same dead owner exactly one wins", async (t) => {
  const directory = temporary(t);
  writeFileSync(
    join(directory, "lock.1"),
    JSON.stringify({ pid: 2 ** 22, started: "1", host: hostname(), released: false }),
  );
  const children = Array.from({ length: 4 }, () => holder(directory));
  const lines = await Promise.all(children.map(firstLine));
  for (const child of children) child.kill("SIGKILL");
  assert.equal(lines.filter((line) => line === "held").length, 1, lines.join(" | "));
});

test("the secret is made once, kept from others, and never replaced", (t) => {
  const directory = openDataDirectory(join(temporary(t), "deep", "data"));
  const secret = masterSecretOf(directory);
  assert.ok(secret.length >= 64);
  assert.equal(masterSecretOf(directory), secret);
  assert.equal(statSync(join(directory.path, "secret")).mode & 0o777, 0o600);
  writeFileSync(join(directory.path, "secret"), "short");
  assert.throws(() => masterSecretOf(directory), /does not hold a secret/);
  assert.equal(readFileSync(join(directory.path, "secret"), "utf8"), "short");
});

test("a directory that cannot be written is said in words", (t) => {
  const file = join(temporary(t), "file");
  writeFileSync(file, "");
  assert.throws(() => openDataDirectory(join(file, "data")), /cannot be written/);
});

test("what was committed survives, and a snapshot opens as a database of its own", async (t) => {
  const directory = openDataDirectory(temporary(t));
  const open = (path: string, from?: Blob) =>
    openPGlite({ directory: path, snapshotDirectory: directory.snapshots, clock, ...(from ? { from } : {}) });
  const first = await open(directory.database);
  await first.migrate([
    { name: "0001", statements: ["create table kept (word text)", "insert into kept values ('yes')"] },
  ]);
  const file = await first.snapshot();
  await first.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  for (const database of [
    await open(directory.database),
    await open(join(directory.path, "copy"), new Blob([readFileSync(file)])),
  ]) {
    const { rows } = await sql<{ word: string }>`select word from kept`.execute(database.handle);
    assert.deepEqual(rows, [{ word: "yes" }]);
    await database.close();
  }
});

test("a snapshot is restored with the former database kept, and a file that is none changes nothing", async (t) => {
  const directory = openDataDirectory(temporary(t));
  const open = () => openPGlite({ directory: directory.database, snapshotDirectory: directory.snapshots, clock });
  const words = async (): Promise<string[]> => {
    const database = await open();
    const { rows } = await sql<{ word: string }>`select word from kept order by word`.execute(database.handle);
    await database.close();
    return rows.map((row) => row.word);
  };
  const first = await open();
  await first.migrate([
    { name: "0001", statements: ["create table kept (word text)", "insert into kept values ('before')"] },
  ]);
  const file = await first.snapshot();
  await first.query("insert into kept values ('after')", []);
  await first.close();
  const noSnapshot = join(directory.path, "notes.txt");
  writeFileSync(noSnapshot, "not a snapshot");
  await assert.rejects(restoreSnapshot(directory, noSnapshot, clock), /Nothing was changed/);
  assert.deepEqual(await words(), ["after", "before"]);
  const former = await restoreSnapshot(directory, file, clock);
  assert.deepEqual(await words(), ["before"]);
  assert.ok(former && statSync(former).isDirectory());
  const lock = lockDirectory(directory.path);
  await assert.rejects(restoreSnapshot(directory, file, clock), { code: "conflict" });
  lock.release();
});
