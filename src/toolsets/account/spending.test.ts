import assert from "node:assert/strict";
import { test } from "node:test";
import { after } from "../../kernel/clock.ts";
import type { ProvenBy } from "../../kernel/principal.ts";
import type { BoundTool } from "../../kernel/tool.ts";
import { uuidv7 } from "../../kernel/ids.ts";
import type { OwnLimits } from "./spending.ts";
import { accountToolset } from "./toolset.ts";

/** What the tools asked the other rooms to do. */
function stage(proven?: ProvenBy, own: OwnLimits = { caps: [], recipientsOnly: false }, wasPaused = false) {
  const asked: unknown[] = [];
  const note =
    <T>(name: string, answer: T) =>
    async (handle: string, ...args: unknown[]): Promise<T> => {
      asked.push([name, handle, ...args]);
      return answer;
    };
  const { tools } = accountToolset<string>({
    grants: { revoke: async () => false, narrow: async () => null },
    people: {
      labelOf: async () => null,
      setDisplayName: async () => undefined,
      removeIdentity: async () => "unknown",
      signOutEverywhere: async () => 0,
      erase: async () => undefined,
    },
    passkeys: { add: async () => "full", rename: async () => false, remove: async () => false },
    notices: { choose: async () => undefined, addBrowser: async () => "full", removeBrowser: async () => false },
    pause: { pause: note("pause", true), resume: note("resume", wasPaused) },
    spending: {
      own: async () => own,
      setCaps: note("setCaps", 7),
      setRecipientsOnly: note("setRecipientsOnly", 8),
      addRecipient: note("addRecipient", { version: 9, usableFrom: after(now, 3600) }),
      removeRecipient: async (_handle, _userId, recipient) => (recipient === "listed" ? 10 : null),
    },
  });
  const tool = (name: string): BoundTool<string> => tools.find((one) => one.name === name) ?? assert.fail(name);
  const run = (name: string, input: unknown) =>
    tool(name)
      .prepare(input)
      .run({
        handle: "the call's own transaction",
        principal: {
          userId: "ana",
          clientId: "console",
          clientName: "Console",
          grantId: null,
          scopes: new Set(),
          channel: "web",
          paused: false,
          ...(proven && { proven }),
        },
        requestId: "r",
        receiptId: uuidv7(now),
        now,
        signal: new AbortController().signal,
        progress: () => undefined,
      });
  return { asked, run, tool };
}

const now = new Date("2026-11-20T09:30:00.000Z");
const HANDLE = "the call's own transaction";

test("the button is pressed and let go in the transaction of the call, for the person who calls", async () => {
  const { asked, run } = stage("passkey");
  const paused = await run("pause_everything", {});
  assert.deepEqual(paused.data, { paused: true });
  assert.match(paused.text, /Everything is paused/);
  const resumed = await run("resume_everything", {});
  assert.deepEqual([resumed.data, resumed.text], [{ paused: false }, "Nothing was paused."]);
  assert.deepEqual(asked, [
    ["pause", HANDLE, "ana", now],
    ["resume", HANDLE, "ana"],
  ]);
});

test("who ends their pause is told of their own alone: the operator's may hold still", async () => {
  const { run } = stage("passkey", undefined, true);
  assert.equal((await run("resume_everything", {})).text, "Your own pause has ended.");
});

test("limits are replaced as a whole, parsed before anything hears of them", async () => {
  const { asked, run } = stage();
  const caps = [{ asset: "usd", perTransaction: "500", rolling: null }];
  assert.deepEqual((await run("set_spend_caps", { caps })).data, { version: 7 });
  assert.deepEqual(asked, [["setCaps", HANDLE, "ana", caps, now]]);
  for (const bad of [undefined, null, "usd", [{ asset: "usd" }], [{ asset: "usd", perTransaction: 5 }]])
    await assert.rejects(async () => run("set_spend_caps", { caps: bad }), { code: "invalid_input" });
  await assert.rejects(async () => run("set_spend_caps", { caps: [{ asset: "usd", perTransaction: "-5" }] }), {
    message: /^caps\.0\.perTransaction: must be a decimal number/,
  });
  assert.equal(asked.length, 1);
});

test("whether only listed recipients may be paid is said by yes or no", async () => {
  const { run } = stage();
  const { data } = await run("set_recipients_only", { recipientsOnly: true });
  assert.deepEqual(data, { version: 8, recipientsOnly: true });
  for (const bad of [{}, { recipientsOnly: "false" }, { recipientsOnly: null }, { recipientsOnly: true, more: 1 }])
    await assert.rejects(async () => run("set_recipients_only", bad), { code: "invalid_input" });
});

test("a recipient is added as it is written, under a label that hides nothing", async () => {
  const { asked, run } = stage("sign_in");
  const { data, text } = await run("add_recipient", { recipient: "7xKX…9fQ", label: " The \u202e  rent " });
  assert.deepEqual(data, { version: 9, recipient: "7xKX…9fQ", usableFrom: "2026-11-20T10:30:00.000Z" });
  assert.match(text, /may be paid from 2026-11-20T10:30:00\.000Z/);
  assert.deepEqual(asked, [["addRecipient", HANDLE, "ana", { recipient: "7xKX…9fQ", label: "The rent" }, now]]);
  const odd = ["", " ", "two words", "zero\u200bwidth", "turned\u202e", "line\nbreak", "x".repeat(201)];
  for (const recipient of odd)
    await assert.rejects(async () => run("add_recipient", { recipient, label: "x" }), { code: "invalid_input" });
  for (const label of ["", " ", "\u200b", "x".repeat(81)])
    await assert.rejects(async () => run("add_recipient", { recipient: "r", label }), { code: "invalid_input" });
});

test("a recipient that is not on the list cannot be removed from it", async () => {
  const { run } = stage();
  assert.deepEqual((await run("remove_recipient", { recipient: "listed" })).data, { version: 10 });
  await assert.rejects(run("remove_recipient", { recipient: "else" }), { code: "not_found" });
});

test("a click is enough to be stricter; who takes a protection away proves to be there, or nothing is changed", async () => {
  const cap = { asset: "usd", perTransaction: "100", rolling: null };
  const own = { caps: [cap], recipientsOnly: true };
  const [byClick, proven] = [stage(undefined, own), stage("passkey", own)];
  for (const [name, input] of [
    ["pause_everything", {}],
    ["set_spend_caps", { caps: [{ ...cap, asset: "USD", perTransaction: "99.99" }] }],
    ["set_spend_caps", { caps: [cap, { asset: "SOL", perTransaction: "1", rolling: null }] }],
    ["set_recipients_only", { recipientsOnly: true }],
    ["remove_recipient", { recipient: "listed" }],
  ] as const)
    await byClick.run(name, input);
  const stricter = byClick.asked.length;
  for (const [name, input] of [
    ["resume_everything", {}],
    ["set_spend_caps", { caps: [] }],
    ["set_spend_caps", { caps: [{ ...cap, perTransaction: "100.01" }] }],
    ["set_recipients_only", { recipientsOnly: false }],
    ["add_recipient", { recipient: "r", label: "Rent" }],
    ["set_notices", { email: false }],
    ["remove_notice_browser", { browserId: uuidv7(now) }],
    ["remove_identity", { identityId: uuidv7(now) }],
    ["delete_account", { confirm: "ana@example.com" }],
  ] as const) {
    await assert.rejects(byClick.run(name, input), { code: "fresh_sign_in_required" }, name);
    const error: unknown = await proven.run(name, input).catch((thrown: unknown) => thrown);
    assert.doesNotMatch(String(error), /sign-in of this moment/, name);
  }
  assert.equal(byClick.asked.length, stricter, "nothing else was asked to be changed");
});

test("who lets anyone be paid already takes nothing away by saying so again", async () => {
  const { run } = stage();
  assert.deepEqual((await run("set_recipients_only", { recipientsOnly: false })).data, {
    version: 8,
    recipientsOnly: false,
  });
});

test("all of these are the person's own, and go on while everything is paused", () => {
  const { tool } = stage();
  for (const name of ["pause_everything", "resume_everything", "set_spend_caps", "add_recipient"])
    assert.deepEqual([tool(name).audience, tool(name).effect], ["person", "write"]);
});
