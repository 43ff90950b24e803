import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as z from "zod";
import { startBellhop, temporaryDirectory } from "./bellhop.ts";

const BELLHOP = join(import.meta.dirname, "..", "src", "cli", "bellhop.ts");

const ADA = "ada@example.org";
const challengeOf = z.object({ challenge: z.string() });

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs `npm start -- receipts …` in a directory where no setting and no data of ours lie, but for what is named. */
const receipts = (cwd: string, args: readonly string[], data?: string): Promise<Ended> =>
  new Promise((resolve) => {
    const environment = { PATH: process.env["PATH"] ?? "", ...(data && { BELLHOP_DATA_DIR: data }) };
    const child = execFile(
      process.execPath,
      [BELLHOP, "receipts", ...args],
      { cwd, env: environment },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, output: out + err }),
    );
  });

test("a person's receipts are exported from a running server and verified with nothing but the file", async (t) => {
  const bellhop = await startBellhop(t);
  const headers = { origin: bellhop.url, "content-type": "application/json" };
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${bellhop.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const { challenge } = challengeOf.parse(await (await post("/api/sign-in/email", { email: ADA })).json());
  const signedIn = await post("/api/sign-in/email/verify", { challenge, code: await bellhop.codeFor(ADA) });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const asked = {
    method: "PATCH",
    headers: { ...headers, cookie },
    body: JSON.stringify({ displayName: "Ada Lovelace" }),
  };
  assert.equal((await fetch(`${bellhop.url}/api/profile`, asked)).status, 200);

  const place = temporaryDirectory(t);
  const [file, keys] = [join(place, "receipts.jsonl"), join(place, "keys.json")];
  const exported = await receipts(place, ["export", "--user", ADA, "--out", file], bellhop.dataDirectory);
  assert.equal(exported.code, 0, exported.output);

  await t.test("it verifies, also by the published keys", async () => {
    assert.equal((await receipts(place, ["verify", file])).code, 0);
    writeFileSync(keys, await (await fetch(`${bellhop.url}/.well-known/bellhop-receipts.json`)).text());
    const { code, output } = await receipts(place, ["verify", file, "--keys", keys]);
    assert.equal(code, 0, output);
    assert.match(output, /of the keys that you named/);
  });

  await t.test("altered by one byte it is refused, with the line", async () => {
    const written = readFileSync(file, "utf8");
    assert.doesNotMatch(written, /Ada Lovelace/, "what is personal was never written");
    writeFileSync(file, written.replace("update_profile", "update_profils"));
    const { code, output } = await receipts(place, ["verify", file]);
    assert.equal(code, 1);
    assert.match(output, /line 2: the \w+ beside the record are not those/);
  });

  await t.test("what does not exist leaves no file behind, and a wrong use says how", async () => {
    const missing = join(place, "missing.jsonl");
    const { code, output } = await receipts(
      place,
      ["export", "--user", "nobody@example.org", "--out", missing],
      bellhop.dataDirectory,
    );
    assert.equal(code, 1);
    assert.match(output, /no receipts of this person/);
    assert.deepEqual([existsSync(missing), existsSync(`${missing}.part`)], [false, false]);
    assert.match((await receipts(place, ["verify"])).output, /npm start -- receipts verify FILE/);
    assert.match((await receipts(place, ["verify", missing])).output, /cannot be read/);
  });
});
