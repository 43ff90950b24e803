#!/usr/bin/env node
import { version } from "../app/version.ts";
import { AppError } from "../kernel/errors.ts";
import { readArguments, unknownCommand } from "./arguments.ts";
import { help } from "./help.ts";

/** Runs a command with the words after its name. */
type Command = (args: readonly string[]) => Promise<void>;

/** A command without options that takes at most so many words. */
const plain =
  (name: string, most: number, run: (...words: readonly string[]) => Promise<void>): Command =>
  async (args) => {
    const { positionals } = readArguments(args, {});
    if (positionals.length > most) throw unknownCommand([name, ...positionals]);
    await run(...positionals);
  };

/** Each in a file of its own, which is read when it is asked for: the whole server takes a while, and `status` needs none of it. */
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["start", async () => plain("start", 0, (await import("./start.ts")).start)],
  ["status", async () => plain("status", 0, (await import("./status.ts")).status)],
  ["snapshot", async () => plain("snapshot", 0, (await import("./snapshot.ts")).snapshot)],
  ["restore", async () => plain("restore", 1, (await import("./restore.ts")).restore)],
  ["admin", async () => (await import("./admin.ts")).admin],
  ["client", async () => (await import("./client.ts")).client],
  ["doctor", async () => (await import("./doctor.ts")).doctor],
  ["keys", async () => (await import("./keys.ts")).keys],
  ["receipts", async () => (await import("./receipts.ts")).receipts],
  ["token", async () => plain("token", 2, (await import("./token.ts")).token)],
]);

/** What went wrong, for a person at a terminal: a sentence and the next step, never a stack. */
async function explain(error: unknown): Promise<string> {
  if (error instanceof AppError) return `${error.message}\n${error.next}`;
  const { ConfigError } = await import("../config/config.ts");
  if (error instanceof ConfigError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const asksFor = (args: readonly string[], ...flags: readonly string[]): boolean =>
  args.some((word) => flags.includes(word));

async function main(args: readonly string[]): Promise<void> {
  const named = args[0] !== undefined && !args[0].startsWith("-");
  const [name = "start", ...rest] = named ? args : ["start", ...args];
  if (name === "help" || asksFor(args, "--help", "-h")) return console.log(help());
  if (asksFor(args, "--version", "-v")) return console.log(version());
  const load = commands.get(name);
  if (load === undefined) throw unknownCommand([name, ...rest]);
  const command = await load();
  await command(rest);
}

main(process.argv.slice(2)).catch(async (error: unknown) => {
  process.exitCode = 1;
  console.error(`\n${await explain(error)}\n`);
});
