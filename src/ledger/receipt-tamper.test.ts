import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import * as z from "zod";
import { openTestDatabase } from "../../test/database.ts";
import { BOB, change, fileOf, proofsOf, receipt, START, verified } from "../../test/ledger/receipts.ts";
import { sha256Text } from "../kernel/seal.ts";
import { canonicalJson } from "../kernel/json.ts";
import { createLedger } from "./ledger.ts";
import { ledgerTables } from "../../test/ledger/tables.ts";

/** A small file: a header, three records, two checkpoints, an end. And one of somebody else's, by another key. */
async function files(t: TestContext) {
  const database = await openTestDatabase(t, "pglite", ledgerTables);
  const ledger = createLedger(database, () => START);
  const { checkpoints, proofs } = proofsOf(database);
  await ledger.record(receipt());
  await checkpoints.make();
  await change(ledger);
  await ledger.record(receipt({ userId: BOB }));
  const [mine, keys] = [await fileOf(database), await proofs.keys()];
  await checkpoints.rotate();
  const foreign = await fileOf(database, BOB);
  const [active] = await proofs.keys();
  await database.close();
  return { mine, keys, foreign, foreignKeys: active ? [active] : [] };
}

const anyLine = z.record(z.string(), z.json());

const linesOf = (file: string): string[] => file.slice(0, -1).split("\n");
const fileFrom = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** The lines with their links among each other made anew: what somebody does who knows the form and has no key. */
function relinked(lines: readonly string[]): string {
  let before: string | null = null;
  const made: string[] = [];
  for (const line of lines) {
    const text: string = canonicalJson({ ...anyLine.parse(JSON.parse(line)), before });
    before = sha256Text(text);
    made.push(text);
  }
  return fileFrom(made);
}

test("a file in which anything was altered is refused, and the verifier says where", async (t) => {
  const { mine, keys, foreign, foreignKeys } = await files(t);
  const lines = linesOf(mine);
  const types = lines.map((line) => /"type":"(\w+)"/.exec(line)?.[1]);
  assert.deepEqual(types, ["header", "record", "record", "record", "checkpoint", "checkpoint", "end"]);
  assert.ok((await verified(mine, keys)).ok);

  await t.test("any one byte", async () => {
    const bytes = Buffer.from(mine);
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
      const verdict = await verified(altered);
      assert.equal(verdict.ok, false, `byte ${at}`);
      const line = mine.slice(0, at).split("\n").length;
      assert.ok(
        !verdict.ok && Math.abs(verdict.line - line) <= 1,
        `byte ${at} is in line ${line}, not ${JSON.stringify(verdict)}`,
      );
    }
  });

  await t.test("any one line removed or doubled, linked anew or not", async () => {
    for (let index = 0; index < lines.length; index += 1) {
      const without = lines.toSpliced(index, 1);
      const doubled = lines.toSpliced(index, 0, lines[index] ?? "");
      for (const changed of [without, doubled]) {
        assert.equal((await verified(fileFrom(changed))).ok, false, `line ${index + 1}`);
        if (changed.length > 0)
          assert.equal((await verified(relinked(changed))).ok, false, `line ${index + 1}, relinked`);
      }
    }
  });

  await t.test("any other order", async () => {
    const orders = fc.shuffledSubarray([...lines.keys()], { minLength: lines.length });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        fc.pre(order.some((line, index) => line !== index));
        const changed = order.map((index) => lines[index] ?? "");
        assert.equal((await verified(fileFrom(changed))).ok, false);
        assert.equal((await verified(relinked(changed))).ok, false);
      }),
      { numRuns: 200, seed: 20 },
    );
  });

  await t.test("its tail cut off, at any byte", async () => {
    for (let length = 0; length < mine.length; length += 7) {
      assert.equal((await verified(mine.slice(0, length))).ok, false, `${length} bytes`);
    }
  });

  await t.test("a readable part taken out, or put beside another record", async () => {
    const part = (line: string | undefined): string => /"readable":(\{.*?\}),"record"/.exec(line ?? "")?.[1] ?? "";
    const [first, second] = [part(lines[1]), part(lines[3])];
    assert.ok(first !== "" && second !== "");
    const swapped = lines.map((line) => line.replace(second, () => first));
    const verdict = await verified(relinked(swapped));
    assert.deepEqual(verdict, {
      ok: false,
      line: 4,
      reason: "the facts beside the record are not those that it was made of",
    });
    const taken = lines.map((line) => line.replace(second, "null"));
    assert.deepEqual({ ...(await verified(fileFrom(taken))), reason: "" }, { ok: false, line: 4, reason: "" });
    assert.equal((await verified(relinked(taken))).ok, false);
  });

  await t.test("signed by a key that is not the server's", async () => {
    assert.ok((await verified(foreign)).ok, "by itself it holds: the file brings its own keys");
    const verdict = await verified(mine, foreignKeys);
    assert.ok(!verdict.ok);
    assert.equal(verdict.line, 5);
    assert.match(verdict.reason, /foreign key/);
  });

  await t.test("the reason names the record", async () => {
    const without = await verified(fileFrom(lines.toSpliced(2, 1)));
    assert.deepEqual(without, {
      ok: false,
      line: 3,
      reason: "record 2 of lane 1 is missing here; record 3 stands in its place",
    });
    const cut = await verified(fileFrom(lines.slice(0, 4)));
    assert.deepEqual(cut, { ok: false, line: 5, reason: "the file is cut off: its signed end is missing" });
  });
});
