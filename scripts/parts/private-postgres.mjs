import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "./child.mjs";

/** Nothing here outlives the tests, so nothing waits for a disk. */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "200",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
};

/** PostgreSQL refuses to run as root; its package brings a user of its own. */
async function userOf() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    if (uid.ok && gid.ok) return { uid: Number(uid.output), gid: Number(gid.output) };
  }
  throw new Error("PostgreSQL cannot run as root, and there is neither a user `postgres` nor a user `nobody`.");
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return address.port;
}

/** @param {{ bin: string, directory: string, user: { uid?: number, gid?: number }, password: string }} parts */
async function initialise({ bin, directory, user, password }) {
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) {
    chownSync(directory, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  const options = ["--username=test", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"];
  const { ok, output } = await run(
    join(bin, "initdb"),
    ["-D", join(directory, "data"), `--pwfile=${passwordFile}`, ...options],
    { ...user, cwd: directory },
  );
  if (!ok) throw new Error(`The test database could not be made:\n${output}`);
}

/**
 * Starts a PostgreSQL of our own in a temporary directory, on a free loopback port.
 * @param {string} bin where its programs lie
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 * @throws Error with PostgreSQL's own words when it does not come up within 30 seconds
 */
export async function startPostgres(bin) {
  const directory = mkdtempSync(join(tmpdir(), "bellhop-postgres-"));
  const user = await userOf();
  const password = randomBytes(16).toString("hex");
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    await initialise({ bin, directory, user, password });
  } catch (error) {
    remove();
    throw error;
  }
  const port = await freePort();
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  // In a group of its own, so that Ctrl-C reaches the tests first and the database is stopped after them.
  const server = spawn(join(bin, "postgres"), ["-D", join(directory, "data"), ...settings], {
    ...user,
    cwd: directory,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => (log = (log + text).slice(-4000)));
  const ended = once(server, "exit").catch(() => {});
  const stop = async () => {
    // SIGQUIT is "immediate": there is nothing to keep.
    server.kill("SIGQUIT");
    await ended;
    remove();
  };
  for (let waited = 0; !log.includes("ready to accept connections"); waited += 20) {
    if (waited > 30_000 || server.exitCode !== null || server.pid === undefined) {
      await stop();
      throw new Error(`The test database did not start:\n${log}`);
    }
    await sleep(20);
  }
  return { url: `postgresql://test:${password}@127.0.0.1:${port}/postgres`, stop };
}
