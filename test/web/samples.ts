/** A time that lies so many minutes ahead. */
export const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

const scopes = [
  { name: "read", grants: "Read your items and intents" },
  { name: "write", grants: "Add to and change your items and intents" },
  { name: "profile", grants: "See who you are and your receipts" },
];

/** A client that asks to be linked. */
export const consentOf = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  client: { id: "c_7f3kQm2xV9", name: "Claude", uri: null },
  redirectHost: "claude.ai",
  redirectKind: "https",
  scopes,
  droppedScopes: [],
  expiresAt: inMinutes(10),
  ...more,
});

/** A linked account. */
export const grantOf = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: "01939f00-0000-7000-8000-000000000001",
  clientId: "c_7f3kQm2xV9",
  clientName: "Claude",
  clientKind: "dynamic",
  clientVerified: false,
  channel: "claude",
  redirectHost: "claude.ai",
  scopes,
  permissions: more["scopes"] ?? scopes,
  createdAt: "2026-11-12T09:30:00.000Z",
  lastUsedAt: inMinutes(-3),
  ...more,
});

/** A receipt; `index` counts back in time. */
export const receiptOf = (index: number, more: Record<string, unknown> = {}): Record<string, unknown> => {
  const receipt = bareReceipt(index, more);
  const { tool } = receipt;
  return { title: titles.get(tool) ?? tool, ...receipt };
};

const titles: ReadonlyMap<unknown, string> = new Map([
  ["extract_intent", "Extract intents"],
  ["get-items", "List items"],
  ["perform-item-action", "Decide on an item"],
  ["revoke_grant", "Revoke a link"],
]);

const bareReceipt = (index: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: `01939f00-0000-7000-9000-${String(index).padStart(12, "0")}`,
  tool: "extract_intent",
  clientName: "Claude",
  channel: "claude",
  effect: "write",
  outcome: "ok",
  code: null,
  argsDigest: "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
  startedAt: inMinutes(-7 * index - 1),
  latencyMs: 12 + index * 31,
  requestId: `5f0c1a52-77aa-4c1e-9a57-${String(index).padStart(12, "0")}`,
  ...more,
});

/** What a person wants; `index` counts back in time. */
export const intentOf = (index: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: `01939f00-0000-7000-a000-${String(index).padStart(12, "0")}`,
  payload: `I look for a firmware engineer in Rotterdam, number ${index}.`,
  summary: "Firmware engineer in Rotterdam",
  engine: "host",
  section: "fullInputText",
  context: {
    before: "We build a small controller for greenhouses. ",
    quote: "Who do you know in Rotterdam that writes firmware?",
    after: " It need not be full time, and it may begin in May.",
  },
  createdAt: inMinutes(-90 * index - 3),
  archivedAt: null,
  ...more,
});

/** The receipt of whatever was done last. */

/** One step of an attempt to link. */
const stepOf = (step: string, minutes: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  step,
  outcome: "ok",
  code: null,
  reason: null,
  fix: null,
  count: 1,
  at: inMinutes(minutes),
  requestId: "5f0c1a52-77aa-4c1e-9a57-000000000001",
  ...more,
});

/** An attempt to link that failed at its last step but one. */
export const attemptOf = (index: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: `01939f00-0000-7000-b000-${String(index).padStart(12, "0")}`,
  clientId: "c_7f3kQm2xV9",
  clientName: "Claude",
  channel: "claude",
  redirect: "https://claude.ai/api/mcp/auth_callback",
  grantId: null,
  state: "failed",
  steps: [
    stepOf("discovery", -9, { count: 2 }),
    stepOf("registration", -9),
    stepOf("authorize", -8),
    stepOf("sign_in", -8, {
      outcome: "failed",
      code: "invalid_code",
      reason: "This code is wrong, used, or no longer valid.",
      fix: "Look at the newest message, or ask for a new code.",
      count: 3,
    }),
    stepOf("sign_in", -7),
    stepOf("consent", -7),
    stepOf("token", -6, {
      outcome: "failed",
      code: "invalid_grant",
      reason: "The code_verifier does not belong to the code_challenge.",
      fix: "Link again; if it stays, something between the assistant and this server repeats its requests.",
    }),
  ],
  folded: 0,
  startedAt: inMinutes(-9),
  lastAt: inMinutes(-6 - index),
  ...more,
});

/** An attempt that led to a link in use. */
export const workingAttempt = (index: number, more: Record<string, unknown> = {}): Record<string, unknown> =>
  attemptOf(index, {
    clientName: "ChatGPT",
    channel: "chatgpt",
    redirect: "https://chatgpt.com/connector_platform_oauth_redirect",
    state: "working",
    steps: ["registration", "authorize", "sign_in", "consent", "token", "first_call"].map((step, at) =>
      stepOf(step, at - 90),
    ),
    ...more,
  });

/** Somebody, by name. */
export const personOf = (index: number): Record<string, unknown> => ({
  id: `01939f00-0000-7000-c000-${String(index).padStart(12, "0")}`,
  label: ["ada@example.com", "ben@example.com", "a.very.long.address.of.a.person@subdomain.of.a.long.example.com"][
    index % 3
  ],
  displayName: index % 3 === 1 ? "Ben Okafor" : null,
});
