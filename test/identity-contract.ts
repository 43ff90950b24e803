import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { inspect } from "node:util";
import { AppError, type ErrorCode } from "../src/kernel/errors.ts";
import type { IdentityProvider, Proof } from "../src/kernel/ports/identity.ts";

/** What a provider's own test hands to the contract. */
export interface IdentityCase {
  readonly provider: IdentityProvider;
  /** The time at which every proof is shown. */
  readonly now: Date;
  /** The code of every refusal. */
  readonly refusal: Extract<ErrorCode, "invalid_token" | "invalid_code">;
  /** A new valid proof, and the subject that it proves. */
  valid(): Promise<{ proof: Proof; issuer: string; subject: string }>;
  /** Proofs that are wrong in the provider's own ways, by what is wrong. */
  readonly wrong: Readonly<Record<string, () => Promise<Proof>>>;
  /** Members of a proof that was read from text. */
  fromText(text: string): Proof;
}

const garbage: Readonly<Record<string, string>> = {
  nothing: "",
  "white space": " \n",
  "a NUL": "a\0b",
  "half a character": "\uD800",
  "no proof at all": "let me in",
  dots: "..",
  "JSON in base64url": "e30.e30.e30",
  "a megabyte": "a".repeat(1_000_000),
  "a megabyte of dots": ".".repeat(1_000_000),
  "a prototype's name": "__proto__",
};

const otherKinds: readonly Proof[] = [
  { token: "" },
  { challenge: "", code: "" },
  { returned: "", state: "", nonce: "", verifier: "", redirectUri: "" },
];

/** Refused with a stable error that repeats nothing of the proof and nothing of its claims. */
async function assertRefused({ provider, now, refusal }: IdentityCase, proof: Proof): Promise<void> {
  const error: unknown = await provider.verify(proof, now).then(
    (identity) => assert.fail(`accepted as ${identity.subject}`),
    (reason: unknown) => reason,
  );
  if (error instanceof assert.AssertionError) throw error;
  assert.ok(error instanceof AppError, `a raw error came out: ${inspect(error)}`);
  // A code that the provider itself sends is a code, whatever its other proofs are.
  assert.equal(error.code, "challenge" in proof && provider.codes ? "invalid_code" : refusal);
  const shown = inspect(error, { depth: 9 });
  for (const part of Object.values(proof).filter((text) => text.length > 12)) {
    assert.ok(!shown.includes(part.slice(0, 40)), `the error repeats the proof: ${shown.slice(0, 400)}`);
  }
}

/** What every way to sign in keeps to: run it with each provider. */
export async function identityContract(t: TestContext, given: IdentityCase): Promise<void> {
  const { provider, now } = given;

  await t.test("a valid proof names one person, the same each time", async () => {
    const { proof, issuer, subject } = await given.valid();
    const identity = await provider.verify(proof, now);
    assert.deepEqual([identity.issuer, identity.subject], [issuer, subject]);
    assert.notEqual(identity.label, "");
    const again = await given.valid();
    assert.equal((await provider.verify(again.proof, now)).subject, again.subject);
  });

  await t.test("it has a name for addresses and one for people", () => {
    assert.match(provider.id, /^[a-z][a-z0-9-]*$/);
    assert.notEqual(provider.title, "");
  });

  await t.test("tokens that it gives last for a while from now, or say when they end", async () => {
    const { proof } = await given.valid();
    const { tokens } = await provider.verify(proof, now);
    if (tokens === undefined) return;
    assert.notEqual(tokens.accessToken, "");
    assert.ok(tokens.expiresAt > now);
  });

  for (const [name, proof] of Object.entries(given.wrong)) {
    await t.test(`refused: ${name}`, async () => assertRefused(given, await proof()));
  }
  for (const [name, text] of Object.entries(garbage)) {
    await t.test(`refused: ${name}`, () => assertRefused(given, given.fromText(text)));
  }
  await t.test("refused: proofs of every other kind, empty", async () => {
    for (const proof of otherKinds) await assertRefused(given, proof);
  });
}
