import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as z from "zod";
import { startBellhop, temporaryDirectory } from "./bellhop.ts";

const PROGRAM = join(import.meta.dirname, "..", "src", "cli", "bellhop.ts");

/** Runs a program on a data directory, and returns what it printed. */
async function run(program: string, args: readonly string[], dataDirectory: string, expected: number): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"] ?? "", BELLHOP_DATA_DIR: dataDirectory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += String(chunk)));
  const [code] = await once(child, "close");
  assert.equal(code, expected, output);
  return output;
}

const client = (dataDirectory: string, args: readonly string[], expected = 0): Promise<string> =>
  run(PROGRAM, ["client", ...args], dataDirectory, expected);

const created = z.looseObject({ client: z.looseObject({ id: z.string() }), secret: z.string() });

async function create(dataDirectory: string, ...args: readonly string[]) {
  const answer = created.parse(JSON.parse(await client(dataDirectory, ["create", ...args, "--json"])));
  return { id: answer.client.id, secret: answer.secret };
}

const unused = (t: TestContext): string => join(temporaryDirectory(t), "data");

test("without a server, the command makes the database itself; its secret is printed once", async (t) => {
  const data = unused(t);
  const text = await client(data, ["create", "chatgpt"]);
  const [, id = ""] = /Client ID +(cid_[0-9a-f]{32})\n/.exec(text) ?? [];
  const [, secret = ""] = /Client secret +([\w-]{43})\n/.exec(text) ?? [];
  assert.ok(id && secret, text);
  assert.match(text, /Authorization URL +http:\/\/localhost:3002\/oauth\/chatgpt\/authorize\n/);
  assert.match(text, /Token URL +http:\/\/localhost:3002\/oauth\/chatgpt\/token\n/);
  assert.match(text, /Scope +mcp:invoke wallet:read profile\n/);
  for (const host of ["chat.openai.com", "chatgpt.com"])
    assert.ok(text.includes(`npm start -- client add-redirect ${id} https://${host}/aip/{g-id}/oauth/callback`));
  const shown = await client(data, ["show", id]);
  assert.match(shown, /Channel +actions/);
  assert.ok(!shown.includes(secret));
  assert.match(await client(data, ["list"]), new RegExp(`${id} +operator`));
});

test("beside a running server the command asks it, and what it does holds at the next request", async (t) => {
  const server = await startBellhop(t);
  const { id, secret } = await create(server.dataDirectory, "Back office", "--redirect", "https://app.example/cb");
  const revoke = async (given: string): Promise<number> => {
    const form = { token: "none", client_id: id, client_secret: given };
    return (await fetch(`${server.url}/revoke`, { method: "POST", body: new URLSearchParams(form) })).status;
  };
  assert.deepEqual([await revoke(secret), await revoke("wrong")], [200, 401]);
  const rotated = await client(server.dataDirectory, ["rotate-secret", id, "--overlap", "0s", "--json"]);
  const next = z.looseObject({ secret: z.string() }).parse(JSON.parse(rotated)).secret;
  assert.deepEqual([await revoke(secret), await revoke(next)], [401, 200]);

  const authorize = async (redirect: string): Promise<number> => {
    const query = new URLSearchParams({
      response_type: "code",
      client_id: id,
      redirect_uri: redirect,
      code_challenge: "x".repeat(43),
      code_challenge_method: "S256",
    });
    return (await fetch(`${server.url}/authorize?${query.toString()}`, { redirect: "manual" })).status;
  };
  assert.deepEqual([await authorize("https://app.example/cb"), await authorize("https://new.example/cb")], [302, 400]);
  await client(server.dataDirectory, ["add-redirect", id, "https://new.example/cb"]);
  await client(server.dataDirectory, ["remove-redirect", id, "https://app.example/cb"]);
  assert.deepEqual([await authorize("https://app.example/cb"), await authorize("https://new.example/cb")], [400, 302]);
  assert.match(await client(server.dataDirectory, ["delete", id]), /Deleted, with 0 live links/);
  assert.equal(await revoke(next), 401);
  assert.match(await client(server.dataDirectory, ["delete", id], 1), /no client with this id/);
  assert.ok(!server.terminal().includes(next), "no secret reaches the log");
});

test("what cannot be done is said in a sentence, with the way to do it", async (t) => {
  const data = unused(t);
  for (const args of [
    [],
    ["fly"],
    ["create"],
    ["create", "a", "b"],
    ["list", "x"],
    ["list", "--redirect", "https://a.example/"],
    ["show"],
    ["add-redirect", "id"],
    ["create", "a", "--overlap", "1h"],
  ])
    assert.match(
      await client(data, args, 1),
      /That is not a way to use `client`\.\nnpm start -- client create/,
      args.join(" "),
    );
  assert.match(await client(data, ["create", "a", "--wings"], 1), /--wings[^]*--help/);
  assert.match(await client(data, ["rotate-secret", "a", "--overlap", "soon"], 1), /--overlap 24h/);
});

test("node scripts/create-oauth-client.mjs chatgpt is the same command", async (t) => {
  const script = join(import.meta.dirname, "..", "scripts", "create-oauth-client.mjs");
  assert.match(await run(script, ["chatgpt"], unused(t), 0), /Client ID[^]*Client secret[^]*add-redirect/);
});
