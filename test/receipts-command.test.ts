import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as z from "zod";
import { startBellhop, temporaryDirectory } from "./bellhop.ts";

const ROOT = join(import.meta.dirname, "..");
const BELLHOP = join(ROOT, "src", "cli", "bellhop.ts");

const ADA = "ada@example.org";
const challengeOf = z.object({ challenge: z.string() });
const chainOf = z.object({ type: z.literal("header"), chain: z.string() });

interface Ended {
  readonly code: number;
  readonly output: string;
}

const run = (
  program: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { PATH: process.env["PATH"] ?? "", ...environment };
    const child = execFile(program, args, { cwd, env }, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, output: out + err }),
    );
  });

/** Runs `npm start -- receipts …` in a directory where no setting and no data of ours lie, but for what is named. */
const receipts = (cwd: string, args: readonly string[], data?: string): Promise<Ended> =>
  run(process.execPath, [BELLHOP, "receipts", ...args], cwd, data ? { BELLHOP_DATA_DIR: data } : {});

/** Runs `npx bellhop …` in this copy, as it is built. Whatever is not here npm cannot fetch. */
const npx = (args: readonly string[], cache: string, data: string): Promise<Ended> =>
  run("npx", ["bellhop", ...args], ROOT, {
    BELLHOP_DATA_DIR: data,
    npm_config_offline: "true",
    npm_config_cache: cache,
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

  await t.test("`npx bellhop` does the same in a copy that is built, and its exit status says so too", async () => {
    const [own, cache] = [join(place, "own.jsonl"), join(place, "npm")];
    const command = (...args: readonly string[]) => npx(["receipts", ...args], cache, bellhop.dataDirectory);
    const written = await command("export", "--user", ADA, "--out", own);
    assert.equal(written.code, 0, written.output);
    const whole = await command("verify", own);
    assert.equal(whole.code, 0, whole.output);
    assert.match(whole.output, /own\.jsonl is whole and unaltered/);
    writeFileSync(own, readFileSync(own, "utf8").replace("update_profile", "update_profils"));
    const altered = await command("verify", own);
    assert.equal(altered.code, 1);
    assert.match(altered.output, /own\.jsonl, line 2: /);
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

  await t.test("after the person deleted their data, files of before verify, and so does what stays", async () => {
    const [theirs, ours, later] = ["theirs", "ours", "later"].map((name) => join(place, `${name}.jsonl`));
    assert.ok(theirs && ours && later);
    writeFileSync(theirs, await (await fetch(`${bellhop.url}/api/receipts/export`, { headers: { cookie } })).text());
    const before = await receipts(place, ["export", "--user", ADA, "--out", ours], bellhop.dataDirectory);
    assert.equal(before.code, 0, before.output);
    const erased = await fetch(`${bellhop.url}/api/account`, {
      method: "DELETE",
      headers: { ...headers, cookie },
      body: JSON.stringify({ confirm: ADA }),
    });
    assert.equal(erased.status, 204, await erased.text());

    for (const kept of [theirs, ours]) {
      const { code, output } = await receipts(place, ["verify", kept, "--keys", keys]);
      assert.equal(code, 0, output);
      assert.doesNotMatch(output, /erased/, "who took it before has the whole of it");
      assert.match(readFileSync(kept, "utf8"), /update_profile/);
    }
    const gone = await receipts(place, ["export", "--user", ADA, "--out", later], bellhop.dataDirectory);
    assert.match(gone.output, /no receipts of this person/);
    const { chain } = chainOf.parse(JSON.parse(readFileSync(ours, "utf8").split("\n")[0] ?? ""));
    const stays = await receipts(place, ["export", "--user", chain, "--out", later], bellhop.dataDirectory);
    assert.equal(stays.code, 0, stays.output);
    const { code, output } = await receipts(place, ["verify", later, "--keys", keys]);
    assert.equal(code, 0, output);
    const [, records] = /: (\d+) records in/.exec(output) ?? [];
    assert.match(output, new RegExp(`Of ${records} records nothing readable is left: it was erased\\.`));
    assert.doesNotMatch(readFileSync(later, "utf8"), /update_profile|ada@example\.org/);
  });
});
