import { accessSync, chmodSync, constants, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { AppError } from "../kernel/errors.ts";
import { randomToken } from "../kernel/ids.ts";
import { sha256 } from "../kernel/seal.ts";

/** Where a process keeps what must outlive it. */
export interface DataDirectory {
  readonly path: string;
  /** The embedded database. */
  readonly database: string;
  readonly snapshots: string;
  /** The command socket, readable by the owner alone. */
  readonly socket: string;
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** The longest path that a socket may have on every system (sun_path of sockaddr_un), less a little. */
const LONGEST_SOCKET = 100;

/** The socket lies in the directory, or, where its path would be too long, in a private one named after it. */
function socketOf(path: string): string {
  const inside = join(path, "bellhop.sock");
  if (inside.length <= LONGEST_SOCKET) return inside;
  return join(tmpdir(), `bellhop-${sha256(path).toString("hex").slice(0, 24)}`, "bellhop.sock");
}

/** Makes the directory when it is missing (mode 0700). @throws AppError `unavailable` when it cannot be written. */
export function openDataDirectory(configured: string): DataDirectory {
  const path = resolve(configured);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    // PGlite's files are open to everyone, so their directory must not be, however the data directory came to be.
    mkdirSync(join(path, "database"), { recursive: true, mode: 0o700 });
    chmodSync(join(path, "database"), 0o700);
  } catch (cause) {
    throw new AppError("unavailable", `The data directory ${path} cannot be written (${reasonOf(cause)}).`, {
      cause,
      next: "Give this user the right to write there, or set BELLHOP_DATA_DIR to another directory.",
    });
  }
  return {
    path,
    database: join(path, "database"),
    snapshots: join(path, "snapshots"),
    socket: socketOf(path),
  };
}

/**
 * The master secret of this directory, made once (mode 0600) and never printed. Processes that start together agree on
 * one: the file appears whole, and only the first can link it.
 */
export function masterSecretOf(directory: DataDirectory): string {
  const file = join(directory.path, "secret");
  const existing = readSecret(file);
  if (existing) return existing;
  const draft = join(directory.path, `.secret-${randomToken(9)}`);
  writeFileSync(draft, `${randomToken(48)}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return masterSecretOf(directory);
}

function readSecret(file: string): string | undefined {
  try {
    const secret = readFileSync(file, "utf8").trim();
    chmodSync(file, 0o600);
    if (secret.length >= 32) return secret;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  throw new AppError("unavailable", `The file ${file} does not hold a secret of at least 32 characters.`, {
    next: "Restore it from a backup. A new secret cannot open what the old one sealed.",
  });
}
