import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { AppError } from "../kernel/errors.ts";

/**
 * The words and the options after a command's name.
 * @param options as `parseArgs` of Node describes them.
 * @throws AppError `invalid_request` for an option that the command does not have.
 */
export function readArguments<const Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new AppError("invalid_request", cause instanceof Error ? cause.message : "The arguments cannot be read.", {
      cause,
      next: "See `npm start -- --help`.",
    });
  }
}

/** What the command line says to words that it does not know. */
export const unknownCommand = (words: readonly string[]): AppError =>
  new AppError("invalid_request", `There is no command \`${words.join(" ")}\`.`, {
    next: "See `npm start -- --help`.",
  });
