import assert from "node:assert/strict";
import { test } from "node:test";
import { after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { authorizationParameters } from "./authorization-request.ts";
import { createPendingRequests } from "./pending-request.ts";

const START = new Date("2026-11-20T10:00:00Z");
const parameters = authorizationParameters.parse({ client_id: "client_1", state: "s\u{1f511}" });
const visit = (cookie?: string) =>
  new Request("http://localhost:3002/authorize", cookie === undefined ? {} : { headers: { cookie } });
const cookieOf = (setCookie: string): string => setCookie.split(";")[0] ?? "";
const gone = (error: unknown): boolean => error instanceof AppError && error.code === "invalid_request";

function setUp(baseUrl = "http://localhost:3002", secret = "secret") {
  let now = START;
  const requests = createPendingRequests(secret, baseUrl, () => now);
  return { requests, wait: (seconds: number) => void (now = after(now, seconds)) };
}

test("the browser that began a request opens it again, for ten minutes", () => {
  const { requests, wait } = setUp();
  const { handle, setCookie } = requests.begin(visit(), parameters, null);
  const browser = visit(cookieOf(setCookie));
  const pending = requests.open(browser, handle);
  assert.deepEqual(pending.parameters, parameters);
  assert.deepEqual(pending.expiresAt, after(START, 600));
  wait(599);
  assert.equal(requests.open(browser, handle).id, pending.id);
  wait(1);
  assert.throws(() => requests.open(browser, handle), gone);
});

test("another browser, an altered handle and another server's handle open nothing", () => {
  const { requests } = setUp();
  const { handle, setCookie } = requests.begin(visit(), parameters, null);
  const other = cookieOf(requests.begin(visit(), parameters, null).setCookie);
  const altered = `${handle.slice(0, -2)}${handle.endsWith("AA") ? "BB" : "AA"}`;
  assert.throws(() => requests.open(visit(), handle), gone);
  assert.throws(() => requests.open(visit(other), handle), gone);
  for (const text of [altered, "", "AAAA", handle.slice(0, 40)]) {
    assert.throws(() => requests.open(visit(cookieOf(setCookie)), text), gone);
  }
  const elsewhere = setUp("http://localhost:3002", "another secret").requests;
  assert.throws(() => elsewhere.open(visit(cookieOf(setCookie)), handle), gone);
});

test("two requests of one browser wait beside each other; a cookie that is not ours is replaced", () => {
  const { requests } = setUp();
  const first = requests.begin(visit(), parameters, null);
  const second = requests.begin(visit(cookieOf(first.setCookie)), parameters, null);
  assert.equal(cookieOf(second.setCookie), cookieOf(first.setCookie));
  const browser = visit(cookieOf(first.setCookie));
  assert.notEqual(requests.open(browser, first.handle).id, requests.open(browser, second.handle).id);
  const replaced = requests.begin(visit("bellhop-link=chosen-by-someone"), parameters, null);
  assert.doesNotMatch(replaced.setCookie, /chosen/);
});

test("the cookie is for this host alone, and over https it says so in its name", () => {
  const { setCookie } = setUp("https://bellhop.example").requests.begin(visit(), parameters, null);
  assert.match(setCookie, /^__Host-bellhop-link=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
});
