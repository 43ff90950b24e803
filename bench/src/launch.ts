import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

/** A Node program to start. */
export interface Program {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Its whole environment beside PATH and HOME: no setting of whoever measures reaches it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A started program. */
export interface Running {
  readonly pid: number;
  /** Asks until it no longer throws. @throws Error with the program's last words when it ends or takes too long. */
  ready(ask: () => Promise<void>): Promise<void>;
  /** Says something to a program that listens (`process.on("message")`), and waits until it has answered. */
  tell(word: string): Promise<void>;
  stop(): Promise<void>;
}

/** The load has the other one. */
const CORE = "0";
const READY_MS = 30_000;
const ASK_EVERY_MS = 50;
/** A server may take ten seconds to let its last requests end. */
const STOP_MS = 12_000;
const ANSWER_MS = 5000;
const LAST_WORDS = 4000;

/** Starts a server on its own core, and keeps the end of what it prints. */
export function launch({ args, cwd, environment }: Program): Running {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn("taskset", ["-c", CORE, process.execPath, ...args], {
    cwd,
    env: { PATH, HOME, NODE_ENV: "production", ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null)
    throw new Error(`${args.join(" ")} could not be started.`);
  let output = "";
  for (const stream of [stdout, stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-LAST_WORDS)));
  const gone = once(child, "exit");
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;

  return {
    pid,
    async ready(ask) {
      for (const end = Date.now() + READY_MS; ;) {
        try {
          return await ask();
        } catch (cause) {
          if (hasEnded() || Date.now() > end)
            throw new Error(`${args.join(" ")} did not become ready:\n${output}`, { cause });
        }
        await pause(ASK_EVERY_MS);
      }
    },
    async tell(word) {
      const answer = once(child, "message", { signal: AbortSignal.timeout(ANSWER_MS) });
      child.send(word);
      await answer;
    },
    async stop() {
      if (hasEnded()) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await gone.finally(() => clearTimeout(timer));
    },
  };
}
