#!/usr/bin/env node
import { version } from "../app/version.ts";
import { ConfigError } from "../config/config.ts";
import { AppError } from "../kernel/errors.ts";
import { admin } from "./admin.ts";
import { readArguments, unknownCommand } from "./arguments.ts";
import { client } from "./client.ts";
import { doctor } from "./doctor.ts";
import { help } from "./help.ts";
import { keys } from "./keys.ts";
import { receipts } from "./receipts.ts";
import { restore } from "./restore.ts";
import { snapshot } from "./snapshot.ts";
import { start } from "./start.ts";
import { status } from "./status.ts";
import { token } from "./token.ts";

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

const commands: ReadonlyMap<string, Command> = new Map([
  ["start", plain("start", 0, start)],
  ["status", plain("status", 0, status)],
  ["snapshot", plain("snapshot", 0, snapshot)],
  ["restore", plain("restore", 1, restore)],
  ["admin", admin],
  ["client", client],
  ["doctor", doctor],
  ["keys", keys],
  ["receipts", receipts],
  ["token", plain("token", 2, token)],
]);

/** What went wrong, for a person at a terminal: a sentence and the next step, never a stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AppError) return `${error.message}\n${error.next}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const asksFor = (args: readonly string[], ...flags: readonly string[]): boolean =>
  args.some((word) => flags.includes(word));

async function main(args: readonly string[]): Promise<void> {
  const named = args[0] !== undefined && !args[0].startsWith("-");
  const [name = "start", ...rest] = named ? args : ["start", ...args];
  if (name === "help" || asksFor(args, "--help", "-h")) return console.log(help());
  if (asksFor(args, "--version", "-v")) return console.log(version());
  const command = commands.get(name);
  if (command === undefined) throw unknownCommand([name, ...rest]);
  await command(rest);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`\n${explain(error)}\n`);
  process.exitCode = 1;
});
