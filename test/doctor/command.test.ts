import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as z from "zod";
import { freePort, until } from "../bellhop.ts";
import { openBrowser } from "../browser.ts";
import { signIn } from "../e2e/person.ts";
import { signInPerson } from "../zoo/person.ts";
import { type Stage, startStage } from "./stage.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "src", "cli", "bellhop.ts");

const report = z.object({
  url: z.string(),
  ok: z.boolean(),
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  checks: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z]+\.[a-z_]+$/),
      title: z.string(),
      status: z.enum(["PASS", "FAIL", "SKIP"]),
      detail: z.string(),
      cause: z.string().optional(),
      fix: z.string().optional(),
    }),
  ),
});

interface Running {
  readonly child: ChildProcess;
  /** What went to the standard output, and to the error stream. */
  said(): string;
  asked(): string;
  readonly ended: Promise<number | null>;
}

function run(t: TestContext, args: readonly string[], environment: Record<string, string> = {}, input = ""): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [said, asked] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (said += String(chunk)));
  child.stderr.on("data", (chunk: Buffer) => (asked += String(chunk)));
  child.stdin.end(input);
  t.after(() => child.kill());
  const ended = once(child, "close").then(([code]) => (typeof code === "number" ? code : null));
  return { child, said: () => said, asked: () => asked, ended };
}

const statusOf = (text: string, id: string): string | undefined =>
  report.parse(JSON.parse(text)).checks.find((check) => check.id === id)?.status;

async function makeClient(t: TestContext, { dataDirectory }: Stage, ...args: readonly string[]) {
  const made = run(t, ["client", "create", ...args, "--json"], { BELLHOP_DATA_DIR: dataDirectory });
  assert.equal(await made.ended, 0, made.asked());
  return z
    .looseObject({ client: z.looseObject({ id: z.string() }), secret: z.string() })
    .parse(JSON.parse(made.said()));
}

test("bellhop doctor", async (t) => {
  const bellhop = await startStage(t);

  await t.test("looks at the configured server when it is given no address, and ends with 0", async () => {
    const doctor = run(t, ["doctor"], { SERVER_BASE_URL: bellhop.url });
    assert.equal(await doctor.ended, 0, doctor.said());
    assert.ok(doctor.said().includes(`looks at ${bellhop.mcpUrl}`));
    assert.match(doctor.said(), /^ {2}PASS {2}challenge\.call +A call without a token/m);
    assert.match(doctor.said(), /^ {2}SKIP {2}link\.approved +.*\(Run with --link/m);
    assert.match(doctor.said(), /\d+ passed, 0 failed, \d+ skipped\. Nothing stands in the way of a link\./);
  });

  await t.test("makes a real link with a person in a real browser, and ends it again", async () => {
    const browser = await openBrowser(t);
    const doctor = run(t, ["doctor", bellhop.mcpUrl, "--link", "--json"]);
    const addresses = (): readonly string[] =>
      [...doctor.asked().matchAll(/^ {2}(http:\S+)$/gm)].map(([, at = ""]) => at);
    const secrets: string[] = [];
    for (const [turn, signsIn] of [true, false].entries()) {
      const page = await browser.newPage();
      page.on("request", (request) => secrets.push(new URL(request.url()).searchParams.get("code") ?? ""));
      await page.goto(await until("the address to open", () => addresses()[turn], 30_000));
      if (signsIn) await signIn(page, bellhop, "ada@example.com");
      await page.getByText("Bellhop doctor").first().waitFor();
      await page.getByRole("button", { name: "Allow" }).click();
      await page.getByText("The doctor has its answer").waitFor();
      await page.close();
    }
    assert.equal(await doctor.ended, 0, doctor.said());
    const { checks } = report.parse(JSON.parse(doctor.said()));
    assert.deepEqual(
      checks.filter(({ id }) => id.startsWith("link.")).map(({ status }) => status),
      ["PASS", "PASS", "PASS", "PASS", "PASS", "PASS", "PASS", "PASS"],
    );
    const codes = secrets.filter(Boolean);
    assert.equal(codes.length, 2);
    const everything = doctor.said() + doctor.asked();
    for (const code of codes) assert.equal(everything.includes(code), false, "a code was printed");
    assert.doesNotMatch(everything, /eyJ|rt_/);
  });

  await t.test("takes a client with a secret, which it reads from its input and never prints", async () => {
    const { client, secret } = await makeClient(t, bellhop, "Doctor's", "--redirect", "http://127.0.0.1/callback");
    const given = ["doctor", bellhop.mcpUrl, "--json", "--client-id", client.id, "--client-secret", "-"];
    const redirect = ["--redirect-uri", "http://127.0.0.1/callback"];
    const right = run(t, [...given, ...redirect], {}, `${secret}\n`);
    assert.equal(await right.ended, 0, right.said());
    assert.equal(statusOf(right.said(), "registration.preset"), "PASS");
    assert.equal(statusOf(right.said(), "registration.confidential"), "PASS");
    assert.equal(right.said().includes(secret), false);

    const wrong = run(t, given, {}, "not-the-secret\n");
    assert.equal(await wrong.ended, 1);
    assert.equal(statusOf(wrong.said(), "registration.confidential"), "FAIL");
    assert.doesNotMatch(wrong.said(), /not-the-secret/);

    const elsewhere = run(t, [...given, "--redirect-uri", "https://other.example/cb"], {}, secret);
    assert.equal(await elsewhere.ended, 1);
    assert.equal(statusOf(elsewhere.said(), "registration.preset"), "FAIL");
  });

  await t.test("links with that client too", async () => {
    const { client, secret } = await makeClient(t, bellhop, "Linker", "--redirect", "http://127.0.0.1/callback");
    const person = await signInPerson(bellhop.url, bellhop.privy);
    const args = ["doctor", bellhop.mcpUrl, "--link", "--json", "--client-id", client.id, "--client-secret", "-"];
    const doctor = run(t, args, {}, secret);
    for (const turn of [0, 1]) {
      const at = await until(
        "the address to open",
        () => [...doctor.asked().matchAll(/^ {2}(http:\S+)$/gm)].at(turn)?.[1],
        30_000,
      );
      await fetch(await person.allow(at));
    }
    assert.equal(await doctor.ended, 0, doctor.said());
    assert.equal(statusOf(doctor.said(), "link.revoke"), "PASS");
    assert.deepEqual(await person.grants(), []);
  });

  await t.test("ends with 1 where a check fails, and names the cause and the fix", async () => {
    const doctor = run(t, ["doctor", `http://localhost:${await freePort()}/mcp`]);
    assert.equal(await doctor.ended, 1);
    assert.match(doctor.said(), /FAIL {2}reach\.answers[^]*Cause: .*Nothing listens there[^]*Fix: +Start the server/);
    assert.match(doctor.said(), /0 passed, 1 failed/);
    assert.ok(doctor.said().split("\n").length < 12, doctor.said());
  });

  await t.test("says what it cannot read", async () => {
    for (const [args, words] of [
      [["doctor", "not an address"], /address cannot be read[^]*https:\/\/your\.host\/mcp/],
      [["doctor", "https://user:secret@host.example/"], /address cannot be read/],
      [["doctor", "http://a.example", "http://b.example"], /Give one address/],
      [["doctor", "--client-secret", "x"], /--client-id/],
      [["doctor", "--wings"], /--wings/],
      [
        ["doctor", bellhop.url, "--link", "--client-id", "c", "--redirect-uri", "https://a.example/cb"],
        /on this machine/,
      ],
    ] as const) {
      const doctor = run(t, args);
      assert.equal(await doctor.ended, 1);
      assert.match(doctor.asked(), words);
      assert.doesNotMatch(doctor.asked(), /\n\s+at .*:\d+:\d+|secret@/);
    }
  });
});
