import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../kernel/errors.ts";
import type { ProvenTarget } from "./authorization-request.ts";
import { answerAddress, authorizationError } from "./authorization-response.ts";

const ISSUER = "https://bellhop.example";
const target = (redirectUri: string, state?: string): ProvenTarget => ({
  client: {
    id: "c",
    kind: "dynamic",
    name: "C",
    uri: null,
    redirectUris: [redirectUri],
    scopes: null,
    authMethod: "none",
    authMethods: ["none"],
    jwks: null,
    jwksUri: null,
    pkceOptional: false,
    channel: null,
    internal: false,
    disabledAt: null,
    createdAt: new Date(),
  },
  redirectUri,
  state,
});
const address = (redirectUri: string, state?: string) =>
  answerAddress(target(redirectUri, state), { code: "abc" }, ISSUER);

test("code, state and issuer are added to the query; the registered address stays as it was written", () => {
  const tail = "code=abc&state=s&iss=https%3A%2F%2Fbellhop.example";
  assert.equal(address("https://app.example/cb", "s"), `https://app.example/cb?${tail}`);
  assert.equal(address("https://app.example/cb?a=b%20c+d", "s"), `https://app.example/cb?a=b%20c+d&${tail}`);
  assert.equal(address("https://app.example/cb?", "s"), `https://app.example/cb?${tail}`);
  assert.equal(address("cursor://x/cb", "s"), `cursor://x/cb?${tail}`);
});

test("a state comes back letter by letter, and none when none was sent", () => {
  const state = `a b+c&code=x#"<é>%20`;
  assert.equal(new URL(address("https://app.example/cb", state)).searchParams.get("state"), state);
  assert.deepEqual(new URL(address("https://app.example/cb", state)).searchParams.getAll("code"), ["abc"]);
  assert.equal(new URL(address("https://app.example/cb")).searchParams.has("state"), false);
});

test("an error is told in OAuth's spelling and characters", () => {
  const error = authorizationError(new AppError("invalid_target", 'Not "that" – other.'));
  assert.deepEqual(error, { error: "invalid_target", error_description: "Not 'that' ? other." });
});
