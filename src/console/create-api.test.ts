import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, isSignedOut } from "./api.ts";
import { createApi } from "./create-api.ts";

const answering = (response: Response | Error, seen: { path: string; init: RequestInit }[] = []) =>
  createApi((path, init) => {
    seen.push({ path, init });
    return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
  });

const failure = async (work: Promise<unknown>): Promise<ApiError> => {
  const error: unknown = await work.then(
    () => assert.fail("it succeeded"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ApiError);
  return error;
};

test("an error answer becomes its sentence, its next step, its request id and its wait", async () => {
  const body = { error: "rate_limited", error_description: "Too many codes.", next: "Wait.", request_id: "r-1" };
  const error = await failure(
    answering(Response.json(body, { status: 429, headers: { "retry-after": "30" } })).sendCode({
      provider: "email",
      email: "a@b.c",
      human: null,
    }),
  );
  assert.equal(error.message, "Too many codes.");
  assert.deepEqual(error.facts, { code: "rate_limited", next: "Wait.", status: 429, requestId: "r-1", retryAfter: 30 });
});

test("no answer, an answer that is no JSON and one of another shape are each an error that a person can read", async () => {
  assert.equal((await failure(answering(new TypeError("Failed to fetch")).grants())).facts.code, "no_answer");
  assert.equal(
    (await failure(answering(new Response("<html>", { status: 502 })).grants())).facts.code,
    "strange_answer",
  );
  assert.equal(
    (await failure(answering(Response.json({ grants: [{ id: 1 }] })).grants())).facts.code,
    "strange_answer",
  );
});

test("nobody signed in is an answer, not an error; a failing server is an error", async () => {
  const signedOut = { error: "authentication_required", error_description: "Sign in." };
  assert.equal(await answering(Response.json(signedOut, { status: 401 })).session(), null);
  const broken = await failure(
    answering(Response.json({ error: "internal", error_description: "Oops." }, { status: 500 })).session(),
  );
  assert.equal(isSignedOut(broken), false);
});

test("writes carry JSON and ids are encoded into their path", async () => {
  const seen: { path: string; init: RequestInit }[] = [];
  await answering(Response.json({ receiptId: "r" }), seen).revokeGrant("a/b?c");
  await answering(Response.json({ redirect_uri: "https://a.example/cb" }), seen).decide("h", false, "p");
  assert.equal(seen[0]?.path, "/api/grants/a%2Fb%3Fc");
  assert.equal(new Headers(seen[1]?.init.headers).get("content-type"), "application/json");
  assert.equal(seen[1]?.init.body, '{"request":"h","user_consent":false,"person":"p"}');
});
