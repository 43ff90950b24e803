import assert from "node:assert/strict";
import { test } from "node:test";
import { after } from "../kernel/clock.ts";
import { joinAttempt } from "./join-attempts.ts";
import type { LinkAttempt, LinkStep, PlacedNote } from "./link-attempt.ts";

const start = new Date("2026-11-21T09:00:00.000Z");

interface Told extends Omit<PlacedNote, "entry"> {
  readonly step: LinkStep;
  /** The error code of a step that failed. */
  readonly code?: string;
  /** Seconds after the start. */
  readonly second?: number;
}

/** What is left in the table after these steps, the one that began first first. */
function timelines(...steps: readonly Told[]): LinkAttempt[] {
  const rows = new Map<string, LinkAttempt>();
  for (const [index, { step, code, second = index, ...ids }] of steps.entries()) {
    const at = after(start, second);
    const entry = {
      step,
      outcome: code === undefined ? "ok" : "failed",
      code: code ?? null,
      reason: code === undefined ? null : "It did not work.",
      fix: null,
      count: 1,
      at: at.toISOString(),
      requestId: `r-${index}`,
    } as const;
    const row = joinAttempt([...rows.values()], { ...ids, entry }, at);
    if (row) rows.set(row.id, row);
  }
  return [...rows.values()];
}

const shape = (rows: readonly LinkAttempt[]): string[] =>
  rows.map(
    ({ state, steps }) =>
      `${state}: ${steps.map(({ step, outcome, count }) => `${outcome === "ok" ? "" : "!"}${step}${count > 1 ? `×${count}` : ""}`).join(" ")}`,
  );

const whole: readonly Told[] = [
  { step: "discovery", machine: "host" },
  { step: "registration", machine: "host", clientId: "c-1", clientName: "Claude" },
  { step: "authorize", attemptId: "p-1", clientId: "c-1", browser: "home" },
  { step: "sign_in", attemptId: "p-1", browser: "home", userId: "ana" },
  { step: "consent", attemptId: "p-1", browser: "home", userId: "ana" },
  { step: "token", attemptId: "p-1", grantId: "g-1", machine: "host", clientId: "c-1" },
  { step: "first_call", grantId: "g-1" },
];

test("one attempt is one timeline, from discovery to the first call", () => {
  const rows = timelines(...whole);
  assert.deepEqual(shape(rows), ["working: discovery registration authorize sign_in consent token first_call"]);
  const [row] = rows;
  assert.deepEqual(
    [row?.clientId, row?.clientName, row?.requestId, row?.grantId, row?.userId, row?.machine, row?.browser],
    ["c-1", "Claude", "p-1", "g-1", "ana", "host", "home"],
  );
});

test("it stands where it stopped, and how", () => {
  const stops: readonly (readonly [number, string])[] = [
    [1, "open: discovery"],
    [2, "open: discovery registration"],
    [3, "open: discovery registration authorize"],
    [6, "linked: discovery registration authorize sign_in consent token"],
  ];
  for (const [steps, expected] of stops) assert.deepEqual(shape(timelines(...whole.slice(0, steps))), [expected]);
  const failed = { ...whole[5], step: "token", code: "invalid_grant" } as const;
  assert.deepEqual(shape(timelines(...whole.slice(0, 5), failed)), [
    "failed: discovery registration authorize sign_in consent !token",
  ]);
});

test("repeats are counted, not listed", () => {
  const wrong = { step: "sign_in", browser: "home", code: "invalid_code" } as const;
  const rows = timelines(...whole.slice(0, 3), wrong, wrong, wrong, ...whole.slice(3));
  assert.deepEqual(shape(rows), [
    "working: discovery registration authorize !sign_in×3 sign_in consent token first_call",
  ]);
});

test("a request that never came to a page is told too, once, however often it is tried", () => {
  const wrong = { step: "authorize", clientId: "old", browser: "home", code: "invalid_client" } as const;
  assert.deepEqual(shape(timelines(wrong, wrong, wrong)), ["failed: !authorize×3"]);
});

test("another visit of nobody in particular from the same place goes on with the first; a person's own stays theirs", () => {
  const again = { step: "authorize", attemptId: "p-2", clientId: "c-1", browser: "home" } as const;
  assert.equal(timelines(...whole.slice(0, 3), again).length, 1);
  assert.equal(timelines(...whole.slice(0, 4), again).length, 2);
});

test("two people of one client and one place are never mixed once they signed in", () => {
  const ofBen = (told: Told): Told => ({
    ...told,
    ...(told.attemptId && { attemptId: "p-ben" }),
    ...(told.grantId && { grantId: "g-ben" }),
    ...(told.userId && { userId: "ben" }),
  });
  const [, , authorize, signIn, ...rest] = whole;
  assert.ok(authorize && signIn);
  const rows = timelines(authorize, ofBen(authorize), signIn, ofBen(signIn), ...rest, ...rest.map(ofBen));
  for (const [user, request, grant] of [
    ["ana", "p-1", "g-1"],
    ["ben", "p-ben", "g-ben"],
  ]) {
    const own = rows.filter((row) => row.userId === user);
    assert.deepEqual(
      own.map(({ requestId, grantId, state }) => [requestId, grantId, state]),
      [[request, grant, "working"]],
    );
  }
});

test("steps far apart, of other places or of other clients are other attempts", () => {
  const [, registration, authorize] = whole;
  assert.ok(registration && authorize);
  assert.equal(timelines(registration, { ...authorize, second: 3600 }).length, 2);
  assert.equal(timelines(registration, { ...authorize, clientId: "c-2" }).length, 2);
  const failed = { step: "authorize", clientId: "c-1", code: "invalid_scope" } as const;
  assert.equal(timelines({ ...failed, browser: "home" }, { ...failed, browser: "office" }).length, 2);
});

test("a sign-in, a call or a decision that is no part of linking leaves nothing", () => {
  assert.deepEqual(
    timelines(
      { step: "sign_in", browser: "home", code: "invalid_code" },
      { step: "consent", browser: "home", code: "invalid_request" },
      { step: "first_call", grantId: "g-old" },
    ),
    [],
  );
});

test("a program on the person's own machine discovers and opens the browser from one place", () => {
  const rows = timelines(
    { step: "discovery", machine: "home" },
    { step: "authorize", attemptId: "p-1", clientId: "https://cli.example/client.json", browser: "home" },
  );
  assert.deepEqual(shape(rows), ["open: discovery authorize"]);
});

test("what ended a link is told at its end", () => {
  const stolen = {
    step: "token",
    grantId: "g-1",
    clientId: "c-1",
    code: "invalid_grant",
    machine: "elsewhere",
  } as const;
  assert.deepEqual(shape(timelines(...whole, stolen)), [
    "failed: discovery registration authorize sign_in consent token first_call !token",
  ]);
});

test("one place leaves at most forty attempts of nobody in particular; the rest is counted", () => {
  const flood = Array.from({ length: 500 }, (_, index): Told => ({
    step: "registration",
    machine: "flooder",
    clientId: `c-${index}`,
    second: index / 10,
  }));
  const rows = timelines(...flood);
  assert.equal(rows.length, 40);
  assert.equal(
    rows.reduce((sum, row) => sum + row.folded, 0),
    460,
  );
  const person = { step: "consent", attemptId: "p-1", browser: "flooder", userId: "ana" } as const;
  assert.equal(timelines(...flood, person).length, 41, "a person who signed in still has a timeline");
});

test("an attempt has a bounded number of steps", () => {
  const many = Array.from({ length: 300 }, (_, index): Told => ({
    step: "consent",
    attemptId: "p-1",
    browser: "home",
    code: `code_${index}`,
  }));
  assert.equal(timelines(...many)[0]?.steps.length, 24);
});
