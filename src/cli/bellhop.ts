#!/usr/bin/env node
import { parseArgs } from "node:util";
import { version } from "../app/version.ts";
import { ConfigError } from "../config/config.ts";
import { AppError } from "../kernel/errors.ts";
import { help } from "./help.ts";
import { restore } from "./restore.ts";
import { snapshot } from "./snapshot.ts";
import { start } from "./start.ts";
import { status } from "./status.ts";

/** A command, and how many arguments it takes at most. */
interface Command {
  readonly most: number;
  run(...args: readonly string[]): Promise<void>;
}

const commands: ReadonlyMap<string, Command> = new Map([
  ["start", { most: 0, run: start }],
  ["status", { most: 0, run: status }],
  ["snapshot", { most: 0, run: snapshot }],
  ["restore", { most: 1, run: restore }],
]);

/** What went wrong, for a person at a terminal: a sentence and the next step, never a stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AppError) return `${error.message}\n${error.next}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function readArguments(args: readonly string[]) {
  try {
    const options = { help: { type: "boolean", short: "h" }, version: { type: "boolean", short: "v" } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw new AppError("invalid_request", cause instanceof Error ? cause.message : "The arguments cannot be read.", {
      cause,
      next: "See `bellhop --help`.",
    });
  }
}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args);
  if (values.version) return console.log(version());
  const [name = "start", ...rest] = positionals;
  if (values.help || name === "help") return console.log(help());
  const command = commands.get(name);
  if (command && rest.length <= command.most) return command.run(...rest);
  throw new AppError("invalid_request", `There is no command \`${[name, ...rest].join(" ")}\`.`, {
    next: "See `bellhop --help`.",
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`\n${explain(error)}\n`);
  process.exitCode = 1;
});
