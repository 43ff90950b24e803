import type { Database, Handle } from "../../src/database/handle.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import { keep } from "../../src/kernel/json.ts";
import type { Receipt } from "../../src/kernel/receipt.ts";
import { type Verdict, verifyReceiptFile } from "../../src/kernel/receipt-file.ts";
import { createCheckpoints } from "../../src/ledger/checkpoints.ts";
import { createReceiptProofs } from "../../src/ledger/proofs.ts";
import type { ReceiptLedger } from "../../src/ledger/ledger.ts";

export const START = new Date("2026-11-21T10:00:00Z");
export const ALICE = "0199a000-0000-7000-8000-00000000000a";
export const BOB = "0199a000-0000-7000-8000-00000000000b";

/** A receipt of a read by Alice, but for what is changed. */
export const receipt = (other: Partial<Receipt> = {}): Receipt => {
  const asked = keep({ text: "hello" });
  return {
    id: uuidv7(START),
    userId: ALICE,
    clientId: "client_1",
    clientName: "A client",
    grantId: null,
    channel: "mcp",
    tool: "echo",
    effect: "read",
    argsDigest: asked.digest,
    outcome: "ok",
    code: null,
    startedAt: START,
    latencyMs: 3,
    requestId: "request-1",
    asked,
    answered: keep({ text: "hello back" }),
    ...other,
  };
};

/** A change that is recorded before and after. */
export async function change(
  ledger: ReceiptLedger,
  of: Partial<Receipt> = {},
  work: (handle: Handle, open: Receipt) => Promise<unknown> = async () => undefined,
): Promise<Receipt> {
  const { answered, ...draft } = receipt({ effect: "write", ...of });
  const open: Receipt = { ...draft, outcome: "open", latencyMs: 0 };
  await ledger.open(open);
  const closed: Receipt = { ...open, outcome: "ok", latencyMs: 9, ...(answered && { answered }) };
  await ledger.close(
    (handle) => work(handle, open),
    () => closed,
  );
  return closed;
}

const SECRET = "a master secret for the tests of receipts";

/** Checkpoints, proofs and files of a database. */
export function proofsOf(database: Database, clock: Clock = () => START) {
  const checkpoints = createCheckpoints(database, clock, SECRET);
  return { checkpoints, proofs: createReceiptProofs({ database, clock, checkpoints }) };
}

/** The file of a person or a chain. */
export async function fileOf(database: Database, id = ALICE): Promise<string> {
  const lines = await proofsOf(database).proofs.file(id);
  let file = "";
  for await (const line of lines) file += line;
  return file;
}

/** What the verifier says of a file. */
export const verified = (file: string | Buffer, trusted?: Parameters<typeof verifyReceiptFile>[1]): Promise<Verdict> =>
  verifyReceiptFile(pieces(Buffer.from(file)), trusted);

/** In pieces that end anywhere, as a disk gives them. */
async function* pieces(file: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += 1_000) yield file.subarray(at, at + 1_000);
}
