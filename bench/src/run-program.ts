import { spawn } from "node:child_process";
import { once } from "node:events";

/** Runs a program to its end, with its words on standard error: the figures alone go to standard output. True when it succeeded. */
export async function runProgram(command: string, args: readonly string[], cwd: string): Promise<boolean> {
  const child = spawn(command, args, { cwd, stdio: ["ignore", 2, 2] });
  await once(child, "exit");
  return child.exitCode === 0;
}
