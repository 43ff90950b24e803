import * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { readArguments } from "./arguments.ts";
import { readConfiguration } from "./configuration.ts";
import { runCommand } from "./run-command.ts";

const usage = "npm start -- keys list · npm start -- keys rotate [--soon] · npm start -- keys retire KID";

const answer = z.object({
  keys: z.array(
    z.object({
      kid: z.string(),
      state: z.enum(["published", "active", "retiring", "retired"]),
      activatesAt: z.string(),
      retiresAt: z.string().nullable(),
    }),
  ),
});
type Key = z.output<typeof answer>["keys"][number];

/** A key's id, which may begin like an option (RFC 7638: base64url of 32 bytes). */
const KID = /^[\w-]{43}$/;

/** After `--`, no word is an option. */
const asWord = (word: string): readonly string[] => (KID.test(word) ? ["--", word] : [word]);
/** Who wrote `--` themselves has said which words are none. */
const asWords = (args: readonly string[]): readonly string[] => (args.includes("--") ? args : args.flatMap(asWord));

/** The one date that matters in a key's state. */
function when({ state, activatesAt, retiresAt }: Key): string {
  if (state === "published") return `signs from ${activatesAt}`;
  if (state === "active") return `signs since ${activatesAt}`;
  return state === "retiring" ? `verifies until ${retiresAt}` : `ended ${retiresAt}`;
}

async function show(name: string, input: unknown): Promise<void> {
  const { keys: all } = answer.parse(await runCommand(readConfiguration(), name, input));
  for (const key of all) console.log(`${key.kid}  ${key.state.padEnd(9)}  ${when(key)}`);
}

/**
 * `npm start -- keys list|rotate|retire`: the keys that sign access tokens. No restart is needed.
 * @throws AppError `invalid_request` with the usage; what the command itself throws.
 */
export async function keys(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(asWords(args), { soon: { type: "boolean" } });
  const [what, kid, ...more] = positionals;
  const only = more.length === 0 && (kid === undefined || what === "retire");
  if (only && what === "list" && !values.soon) return show("keys.list", {});
  if (only && what === "rotate") return show("keys.rotate", { soon: values.soon ?? false });
  if (only && what === "retire" && kid !== undefined && !values.soon) return show("keys.retire", { kid });
  throw new AppError("invalid_request", "That is not a way to use `keys`.", { next: usage });
}
