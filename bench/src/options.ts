import { parseArgs } from "node:util";
import { BenchError } from "./bench-error.ts";
import { type Era, eras } from "./mcp-call.ts";

/** How to run a suite. */
export interface Options {
  readonly suite: string;
  /** One line of JSON a figure instead of a report. */
  readonly json: boolean;
  readonly rounds: number;
  /** Of one sample. */
  readonly seconds: number;
  readonly callers: readonly number[];
  readonly era: Era;
  readonly peers: readonly string[];
  /** A PostgreSQL to measure on too. */
  readonly postgres: string | undefined;
  readonly noisy: boolean;
}

/** What the command line asks for. */
export type Request =
  | { readonly kind: "help" }
  | { readonly kind: "install"; readonly peer: string }
  | { readonly kind: "run"; readonly options: Options };

const definitions = {
  suite: { type: "string", default: "calls" },
  json: { type: "boolean", default: false },
  rounds: { type: "string", default: "5" },
  seconds: { type: "string", default: "4" },
  callers: { type: "string", default: "1,16,50" },
  era: { type: "string", default: "2026-07-28" },
  peers: { type: "string", default: "raw-fixed,sdk-v2" },
  postgres: { type: "string" },
  noisy: { type: "boolean", default: false },
  install: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: definitions }).values;
  } catch (cause) {
    throw new BenchError(`${cause instanceof Error ? cause.message : String(cause)}\nSee npm run bench -- --help.`);
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new BenchError(`--${name} must be a whole number from 1 to ${most}, not \`${text}\`.`);
}

function list(name: string, text: string, example: string): readonly string[] {
  const parts = text.split(",").map((part) => part.trim());
  const named = new Set(parts.filter((part) => part !== ""));
  if (named.size === 0) throw new BenchError(`--${name} must name at least one, such as ${example}.`);
  return [...named];
}

function readEra(text: string): Era {
  const era = eras.find((one) => one === text);
  if (era !== undefined) return era;
  throw new BenchError(`--era must be one of ${eras.join(", ")}, not \`${text}\`.`);
}

/**
 * Reads the command line.
 * @throws BenchError that names the option, what it may be, and what it was.
 */
export function readRequest(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Request {
  const values = parse(args);
  if (values.help) return { kind: "help" };
  if (values.install !== undefined) return { kind: "install", peer: values.install };
  return {
    kind: "run",
    options: {
      suite: values.suite,
      json: values.json,
      rounds: wholeNumber("rounds", values.rounds, 100),
      seconds: wholeNumber("seconds", values.seconds, 3600),
      callers: list("callers", values.callers, "1,16,50").map((part) => wholeNumber("callers", part, 1000)),
      era: readEra(values.era),
      peers: list("peers", values.peers, "raw-fixed,sdk-v2"),
      postgres: values.postgres ?? environment["DATABASE_URL"],
      noisy: values.noisy,
    },
  };
}
