import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSecrets } from "./secrets.ts";

describe("what the doctor prints", () => {
  it("holds no value that was hidden, in whatever spelling it comes back", () => {
    const secrets = createSecrets();
    secrets.hide("a+secret/of=ours");
    const text = secrets.clean("a+secret/of=ours and a%2Bsecret%2Fof%3Dours");
    assert.equal(text, "[hidden] and [hidden]");
  });

  it("hides the longer of two secrets first, so that no part of it stays", () => {
    const secrets = createSecrets();
    secrets.hide("abcdef");
    secrets.hide("abcdefghij");
    assert.equal(secrets.clean("x abcdefghij y"), "x [hidden] y");
  });

  it("hides what is called a token, a code or a secret, also where nobody told it", () => {
    const { clean } = createSecrets();
    for (const text of [
      '{"access_token":"opaque-token-1"}',
      "https://a.example/callback?code=opaque-token-1&x=1",
      "refresh_token: opaque-token-1",
      "client_secret=opaque-token-1",
      "Bearer eyJhbGciOiJSUzI1NiJ9.opaque-token-1.sig",
    ])
      assert.doesNotMatch(clean(text), /opaque-token-1/, text);
  });

  it("keeps ordinary words", () => {
    const { clean } = createSecrets();
    for (const text of [
      "code_challenge_methods_supported is missing",
      'error="invalid_token"',
      "POST /token answered 400",
    ])
      assert.equal(clean(text), text);
  });

  it("cannot rewrite the terminal, and is not endless", () => {
    const { clean } = createSecrets();
    assert.equal(clean("a\u001b[2Jb\r\nc\u202ed"), "a [2Jb c d");
    assert.ok(clean("x".repeat(10_000)).length <= 601);
  });
});
