import assert from "node:assert/strict";
import { test } from "node:test";
import { eachEngine } from "../../test/database.ts";
import { usersTable } from "../../test/toolsets/door.ts";
import { registryOf } from "../kernel/admit.ts";
import { createToolsets, toolsetMigrations } from "./index.ts";

const toolsets = createToolsets({
  extraction: { instructionLimit: 2000, sectionLimit: 5000 },
  grants: { revoke: async () => false, narrow: async () => null },
  questions: { find: async () => null },
  ownJobs: { find: async () => null },
  sources: {
    counts: async () => [],
    links: async () => [],
    approvals: async () => [],
    spent: async () => [],
    titleOf: (tool) => tool,
  },
  jobs: { cancel: async () => null },
  pause: { pause: async () => false, resume: async () => false },
  spending: {
    own: async () => ({ caps: [], recipientsOnly: false }),
    setCaps: async () => 1,
    setRecipientsOnly: async () => 1,
    addRecipient: async (_handle, _userId, _recipient, now) => ({ version: 1, usableFrom: now }),
    removeRecipient: async () => null,
  },
  admin: {
    all: {
      links: async () => [],
      revokeLink: async () => false,
      clients: async () => [],
      cutOffClient: async () => false,
      restoreClient: async () => false,
      deleteClient: async () => null,
      accounts: async () => new Map(),
      cutOffUser: async () => false,
      restoreUser: async () => false,
      pausePerson: async () => false,
      resumePerson: async () => false,
      channels: async () => [],
      switchChannel: async () => undefined,
      setUserChannel: async () => undefined,
      attempts: async () => [],
    },
    directory: { people: async () => [] },
    plans: {
      of: async () => new Map(),
      set: async () => undefined,
      grantBundle: async () => undefined,
      revokeBundle: async () => false,
    },
  },
  people: {
    labelOf: async () => null,
    setDisplayName: async () => undefined,
    removeIdentity: async () => "unknown",
    signOutEverywhere: async () => 0,
    erase: async () => undefined,
  },
  passkeys: { add: async () => "full", rename: async () => false, remove: async () => false },
  notices: { choose: async () => undefined, addBrowser: async () => "full", removeBrowser: async () => false },
});
const tools = registryOf(toolsets);

test("the published tools keep their names, scopes and effects", () => {
  const facts = [...tools.values()].map(({ name, effect, scopes, audience }) => [
    name,
    effect,
    scopes.join(" "),
    audience,
  ]);
  assert.deepEqual(facts, [
    ["get-items", "read", "read", "assistant"],
    ["perform-item-action", "write", "write", "assistant"],
    ["delete-items", "write", "write", "assistant"],
    ["echo", "read", "read", "assistant"],
    ["extract_intent", "write", "write", "assistant"],
    ["archive_intent", "write", "write", "assistant"],
    ["edit_intent", "write", "", "person"],
    ["approval_status", "read", "", "assistant"],
    ["job_status", "read", "read", "assistant"],
    ["account_report", "read", "profile", "assistant"],
    ["cancel_job", "write", "", "person"],
    ["revoke_grant", "write", "", "person"],
    ["narrow_link", "write", "", "person"],
    ["update_profile", "write", "", "person"],
    ["remove_identity", "write", "", "person"],
    ["sign_out_everywhere", "write", "", "person"],
    ["delete_account", "write", "", "person"],
    ["pause_everything", "write", "", "person"],
    ["resume_everything", "write", "", "person"],
    ["set_spend_caps", "write", "", "person"],
    ["set_recipients_only", "write", "", "person"],
    ["add_recipient", "write", "", "person"],
    ["remove_recipient", "write", "", "person"],
    ["add_passkey", "write", "", "person"],
    ["rename_passkey", "write", "", "person"],
    ["remove_passkey", "write", "", "person"],
    ["set_notices", "write", "", "person"],
    ["add_notice_browser", "write", "", "person"],
    ["remove_notice_browser", "write", "", "person"],
    ["list_links", "read", "", "person"],
    ["revoke_link", "write", "", "person"],
    ["list_clients", "read", "", "person"],
    ["cut_off_client", "write", "", "person"],
    ["restore_client", "write", "", "person"],
    ["delete_client", "write", "", "person"],
    ["list_users", "read", "", "person"],
    ["cut_off_user", "write", "", "person"],
    ["restore_user", "write", "", "person"],
    ["pause_person", "write", "", "person"],
    ["resume_person", "write", "", "person"],
    ["list_channels", "read", "", "person"],
    ["set_channel", "write", "", "person"],
    ["set_tier", "write", "", "person"],
    ["grant_bundle", "write", "", "person"],
    ["revoke_bundle", "write", "", "person"],
    ["list_link_attempts", "read", "", "person"],
  ]);
});

test("the published arguments stay valid: the same members are required, and no other", () => {
  const required = (name: string) => tools.get(name)?.inputSchema["required"] ?? [];
  assert.deepEqual(required("get-items"), []);
  assert.deepEqual(required("perform-item-action"), ["itemId", "action"]);
  assert.deepEqual(required("echo"), ["text"]);
  assert.deepEqual(required("extract_intent"), ["fullInputText"]);
  assert.deepEqual(required("archive_intent"), ["intentId"]);
});

test("the published widgets keep their names, titles and descriptions", () => {
  assert.deepEqual(
    toolsets.flatMap(({ widgets }) => widgets).map((widget) => [widget.name, widget.title, widget.description]),
    [
      ["list-view", "ListView Widget", "Interactive list view with actions"],
      ["echo", "Echo Widget", "Simple echo widget that displays text"],
      ["intent-display", "IntentDisplay Widget", "Displays extracted intents with archive/delete actions"],
    ],
  );
});

test("what every tool says of itself fits where hosts show it", () => {
  const widgets = new Set(toolsets.flatMap((toolset) => toolset.widgets.map(({ name }) => name)));
  for (const tool of tools.values()) {
    assert.ok(tool.widget === undefined || widgets.has(tool.widget), tool.name);
    for (const label of [tool.labels?.invoking ?? "", tool.labels?.invoked ?? ""]) assert.ok(label.length <= 64, label);
    if (tool.audience === "assistant") assert.match(tool.description, /^Use this /);
  }
  assert.deepEqual(tools.get("extract_intent")?.labels, {
    invoking: "Analyzing intents...",
    invoked: "Intents analyzed",
  });
});

eachEngine("the tables of all toolsets are made after the people's", [], async (_t, database) => {
  const names = toolsetMigrations.map(({ name }) => name).toSorted();
  const known = ["0004-demo-items", "0005-intents", "0007-widget-pages", "0009-intents-context", "0028-demo-deleted"];
  assert.deepEqual(names, known);
  assert.deepEqual(await database.migrate([usersTable, ...toolsetMigrations]), [usersTable.name, ...names]);
});

test("what people say of themselves and of others never reaches a receipt", () => {
  const kept = (name: string, side: "input" | "output", value: unknown): string =>
    JSON.stringify(tools.get(name)?.redact[side](value) ?? assert.fail(name));
  const said = "I look for a flat in Lisbon";
  const place = { quote: said, from: 0, to: 3, section: "fullInputText" };
  const person = { id: "2", label: said, displayName: said };
  const written = [
    kept("extract_intent", "input", {
      fullInputText: said,
      rawText: said,
      conversationHistory: said,
      userMemory: said,
      candidateIntents: [{ payload: said, summary: said, quote: said }],
    }),
    kept("extract_intent", "output", {
      intents: [{ id: "1", payload: said, summary: said, ...place }],
      suggestions: [place],
      rejected: [{ payload: said, reason: "no quote" }],
    }),
    kept("job_status", "output", {
      result: said,
      files: [{ name: said, mediaType: said, url: said }],
    }),
    kept("edit_intent", "input", { intentId: "1", payload: said, summary: said }),
    kept("edit_intent", "output", {
      id: "1",
      payload: said,
      summary: said,
      context: { before: said, quote: said, after: said },
    }),
    kept("update_profile", "input", { displayName: said }),
    kept("update_profile", "output", { displayName: said }),
    kept("delete_account", "input", { confirm: said }),
    kept("add_recipient", "input", { recipient: said, label: said }),
    kept("add_recipient", "output", { version: 1, recipient: said, usableFrom: "" }),
    kept("remove_recipient", "input", { recipient: said }),
    kept("list_users", "input", { q: said }),
    kept("list_users", "output", { users: [person] }),
    kept("list_links", "output", { links: [{ id: "3", user: person }] }),
    kept("list_link_attempts", "output", { attempts: [{ id: "4", user: person, steps: [] }] }),
  ];
  for (const text of written) assert.doesNotMatch(text, /Lisbon/);
});
