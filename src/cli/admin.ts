import * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { admitted, plan } from "./admin-plans.ts";
import { readArguments } from "./arguments.ts";
import { readConfiguration } from "./configuration.ts";
import { runCommand } from "./run-command.ts";

const usage = `npm start -- admin grant EMAIL · npm start -- admin revoke EMAIL · npm start -- admin list
npm start -- admin pause PERSON · npm start -- admin resume PERSON\n${admitted}`;

const change = z.object({ email: z.string(), changed: z.boolean() });
const list = z.object({ admins: z.array(z.object({ label: z.string(), grantedAt: z.string() })) });

const sentences = {
  grant: { changed: "is an administrator now.", same: "was an administrator already." },
  revoke: { changed: "is no administrator any more.", same: "was no administrator." },
} as const;

async function changeRole(what: keyof typeof sentences, email: string): Promise<void> {
  const answer = change.parse(await runCommand(readConfiguration(), `admin.${what}`, { email }));
  console.log(`${answer.email} ${sentences[what][answer.changed ? "changed" : "same"]}`);
}

const pauseSentences = {
  pause: { changed: "is paused now, and cannot lift it.", same: "was paused already." },
  resume: { changed: "is no longer paused by you.", same: "was not paused by you." },
} as const;

async function changePause(what: keyof typeof pauseSentences, who: string): Promise<void> {
  const answer = await runCommand(readConfiguration(), `person.${what}`, { who });
  const { changed } = change.pick({ changed: true }).parse(answer);
  console.log(`${who} ${pauseSentences[what][changed ? "changed" : "same"]}`);
}

async function listAdmins(): Promise<void> {
  const { admins } = list.parse(await runCommand(readConfiguration(), "admin.list", {}));
  if (admins.length === 0) console.log("There is no administrator yet. Make one with: npm start -- admin grant EMAIL");
  for (const { label, grantedAt } of admins) console.log(`${label}  since ${grantedAt}`);
}

const misused = (): AppError => new AppError("invalid_request", "That is not a way to use `admin`.", { next: usage });

/**
 * `npm start -- admin grant|revoke EMAIL` and `npm start -- admin list`: who may look after everybody's links. `npm start -- admin
 * tier|bundle …`: what a person has. `npm start -- admin pause|resume PERSON`: whether anything is changed in their name.
 * @throws AppError `invalid_request` with the usage; what the command itself throws.
 */
export async function admin(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, { until: { type: "string" } });
  const [what, ...words] = positionals;
  if (what === "tier" || what === "bundle") return plan(what, words, values.until);
  const [who, ...more] = words;
  if (values.until !== undefined || more.length > 0) throw misused();
  if (what === "list" && who === undefined) return listAdmins();
  if ((what === "grant" || what === "revoke") && who !== undefined) return changeRole(what, who);
  if ((what === "pause" || what === "resume") && who !== undefined) return changePause(what, who);
  throw misused();
}
