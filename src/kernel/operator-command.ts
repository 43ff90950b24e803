import type * as z from "zod";
import { AppError } from "./errors.ts";
import { type Json, wellFormed } from "./json.ts";

/**
 * Something that an operator does at the terminal of the server's machine, never over the network. Its input and answer
 * are JSON, since a running server is asked over its command socket; who sends the input is the person who owns the data.
 */
export type OperatorCommand = (input: unknown) => Promise<Json>;

/** Commands by their name, such as `client.create`. */
export type OperatorCommands = Readonly<Record<string, OperatorCommand>>;

/**
 * A command whose input is read by a schema first.
 * @throws AppError (from the command) `invalid_input`, naming each member that is wrong.
 */
export const operatorCommand =
  <Schema extends z.ZodType>(schema: Schema, run: (input: z.output<Schema>) => Promise<Json>): OperatorCommand =>
  async (input) => {
    const parsed = schema.safeParse(wellFormed(input));
    if (parsed.success) return run(parsed.data);
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".") || "input"}: ${issue.message}`);
    throw new AppError("invalid_input", wrong.join("; "));
  };

/**
 * Runs the command of this name.
 * @throws AppError `not_found` when there is none: a running server may be of another version than the command line.
 */
export async function runOperatorCommand(commands: OperatorCommands, name: string, input: unknown): Promise<Json> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) return command(input);
  throw new AppError("not_found", `This server knows no command ${name}.`, {
    next: "Restart the server, so that it runs the version of this command line.",
  });
}
