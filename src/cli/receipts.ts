import { createReadStream, createWriteStream, readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { offlineReceiptFile } from "../app/receipt-file.ts";
import { publicKey, type ReceiptKey } from "../kernel/checkpoint.ts";
import { AppError } from "../kernel/errors.ts";
import { type Verdict, verifyReceiptFile } from "../kernel/receipt-file.ts";
import { readArguments } from "./arguments.ts";
import { askServerForFile } from "./ask-server.ts";
import { readConfiguration } from "./configuration.ts";
import { runCommand } from "./run-command.ts";

const usage =
  "npm start -- receipts export --user EMAIL|ID --out FILE · npm start -- receipts verify FILE [--keys FILE] · npm start -- receipts keys [--rotate]";

const wrongUse = (): AppError =>
  new AppError("invalid_request", "That is not a way to use `receipts`.", { next: usage });

async function exportTo(user: string, out: string): Promise<void> {
  const config = readConfiguration();
  const path = `/receipts/export?user=${encodeURIComponent(user)}`;
  const answered = config.databaseUrl ? undefined : await askServerForFile(config, path);
  // Under another name until it is whole: a file by the name that was asked for is never half of one.
  const draft = `${out}.part`;
  try {
    await pipeline(
      answered ?? Readable.from(offlineReceiptFile(config, user)),
      createWriteStream(draft, { mode: 0o600 }),
    );
    await rename(draft, out);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  console.log(`Receipts written to ${out}. Verify them with: npm start -- receipts verify ${out}`);
}

const keySet = z.object({ keys: z.array(publicKey.strip()) });

function readKeys(file: string): readonly ReceiptKey[] {
  try {
    return keySet.parse(JSON.parse(readFileSync(file, "utf8"))).keys;
  } catch (cause) {
    throw new AppError("invalid_request", `${file} is not a set of receipt keys.`, {
      cause,
      next: "Save the server's /.well-known/bellhop-receipts.json and name that file.",
    });
  }
}

const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? "" : "s"}`;

function print(file: string, verdict: Verdict, isTrusted: boolean): void {
  if (!verdict.ok) {
    console.error(`${file}, line ${verdict.line}: ${verdict.reason}.`);
    process.exitCode = 1;
    return;
  }
  const { records, erased, lanes, checkpoints, at, kids, chain } = verdict;
  console.log(`${file} is whole and unaltered, as it was made at ${at}.`);
  console.log(
    `Chain ${chain}: ${count(records, "record")} in ${count(lanes, "lane")}, ${count(checkpoints, "checkpoint")}.`,
  );
  if (erased > 0) console.log(`Of ${count(erased, "record")} nothing readable is left: it was erased.`);
  if (isTrusted) return console.log(`Signed by ${kids.join(", ")}, of the keys that you named.`);
  console.log(`Signed by ${kids.join(", ")}. Whose key that is, the file cannot say: compare it with the server's`);
  console.log("/.well-known/bellhop-receipts.json, or name a saved copy of that with --keys.");
}

async function verify(file: string, keyFile: string | undefined): Promise<void> {
  const trusted = keyFile === undefined ? undefined : readKeys(keyFile);
  const verdict = await verifyReceiptFile(createReadStream(file), trusted).catch((cause: unknown) => {
    throw new AppError("invalid_request", `${file} cannot be read.`, { cause, next: usage });
  });
  print(file, verdict, trusted !== undefined);
}

const keyList = z.object({
  keys: z.array(z.object({ kid: z.string(), createdAt: z.string(), retiredAt: z.string().nullable() })),
});

async function keys(rotate: boolean): Promise<void> {
  const name = rotate ? "receipts.rotate" : "receipts.keys";
  for (const { kid, createdAt, retiredAt } of keyList.parse(await runCommand(readConfiguration(), name, {})).keys) {
    console.log(`${kid}  ${retiredAt === null ? `signs since ${createdAt}` : `signed until ${retiredAt}`}`);
  }
}

/**
 * `npm start -- receipts export|verify|keys`. Verifying needs neither a database nor the network; its exit status is 1 when
 * the file does not hold.
 * @throws AppError `invalid_request` with the usage.
 */
export async function receipts(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, {
    user: { type: "string" },
    out: { type: "string" },
    keys: { type: "string" },
    rotate: { type: "boolean" },
  });
  const [what, file, ...more] = positionals;
  const { user, out, keys: keyFile, rotate } = values;
  if (more.length > 0) throw wrongUse();
  if (what === "verify" && file !== undefined && !user && !out && !rotate) return verify(file, keyFile);
  if (file !== undefined || keyFile !== undefined) throw wrongUse();
  if (what === "export" && user && out && !rotate) return exportTo(user, out);
  if (what === "keys" && !user && !out) return keys(rotate ?? false);
  throw wrongUse();
}
