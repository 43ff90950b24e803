import { linkSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { AppError } from "../kernel/errors.ts";
import { randomToken } from "../kernel/ids.ts";

/** Who holds a directory: a process is named by its id and its start time, since ids are used again. */
interface Owner {
  readonly pid: number;
  readonly started: string;
  readonly host: string;
  /** Of the running kernel; containers on one machine share it, whatever they call themselves. */
  readonly boot: string;
  readonly released: boolean;
}

/** A held directory. */
export interface DirectoryLock {
  release(): void;
}

const NAME = /^lock\.(\d+)$/;

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

/** The start time of a process, or undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      // Field 22 of /proc/PID/stat; the command in field 2 may hold spaces and brackets, so count from its end.
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // A zombie has ended; only its parent has not looked yet.
      return state === "Z" || state === "X" ? undefined : fields[18];
    }
    process.kill(pid, 0);
    if (process.platform === "win32") return "running";
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}

const generations = (directory: string): number[] =>
  readdirSync(directory)
    .map((name) => Number(NAME.exec(name)?.[1] ?? 0))
    .filter((generation) => generation > 0)
    .toSorted((a, b) => b - a);

function ownerOf(directory: string, generation: number): Owner | undefined {
  try {
    const text: unknown = JSON.parse(readFileSync(join(directory, `lock.${generation}`), "utf8"));
    if (typeof text !== "object" || text === null) return undefined;
    return { pid: 0, started: "", host: "", boot: "", released: false, ...text };
  } catch {
    return undefined;
  }
}

/** An owner that started this recently may not have opened its socket yet. */
const STARTING_MS = 60_000;

/**
 * A process beside us is alive when its id runs with the same start time. One in another container of this machine we
 * cannot see, but its socket answers. Of another machine we cannot know, so it counts as alive.
 */
function alive(owner: Owner, file: string, socketAnswers: boolean): boolean {
  if (owner.released) return false;
  if (owner.host === hostname()) return owner.started !== "" && startOf(owner.pid) === owner.started;
  if (owner.boot === "" || owner.boot !== bootId()) return true;
  return socketAnswers || Date.now() - statSync(file).mtimeMs < STARTING_MS;
}

function inUse(directory: string, owner: Owner): AppError {
  const where = owner.host === hostname() ? `process ${owner.pid}` : `process ${owner.pid} on ${owner.host}`;
  return new AppError("conflict", `The directory ${directory} is in use by ${where}.`, {
    next:
      owner.host === hostname()
        ? "Stop that process, or set BELLHOP_DATA_DIR to another directory."
        : `Stop it there, or remove the file lock.* in ${directory} when that machine is gone for good.`,
  });
}

/**
 * Takes a directory for this process. Lock files are numbered and the highest one counts: a taker links the next number,
 * which only one can, so two that find the same dead owner never both win. A number is never used again, so a slow
 * taker cannot mistake a new lock for the one that it judged.
 * @param socketAnswers whether the command socket of the directory answers.
 * @throws AppError `conflict`, naming the living owner.
 */
export function lockDirectory(directory: string, socketAnswers = false): DirectoryLock {
  const started = startOf(process.pid) ?? "";
  const mine: Owner = { pid: process.pid, started, host: hostname(), boot: bootId(), released: false };
  const draft = join(directory, `.lock-${randomToken(9)}`);
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    const generation = take(directory, draft, socketAnswers);
    const file = join(directory, `lock.${generation}`);
    return { release: () => writeFileSync(file, JSON.stringify({ ...mine, released: true })) };
  } finally {
    rmSync(draft, { force: true });
  }
}

function take(directory: string, draft: string, socketAnswers: boolean): number {
  const [highest = 0, ...older] = generations(directory);
  const owner = highest > 0 ? ownerOf(directory, highest) : undefined;
  if (owner && alive(owner, join(directory, `lock.${highest}`), socketAnswers)) throw inUse(directory, owner);
  try {
    linkSync(draft, join(directory, `lock.${highest + 1}`));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      return take(directory, draft, socketAnswers);
    throw error;
  }
  for (const old of [highest, ...older]) rmSync(join(directory, `lock.${old}`), { force: true });
  return highest + 1;
}
