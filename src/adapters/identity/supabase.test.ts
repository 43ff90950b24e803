import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { identityContract } from "../../../test/identity-contract.ts";
import {
  ANON_KEY,
  PROJECT_SECRET,
  type SupabaseProject,
  newMember,
  startSupabase,
} from "../../../test/upstream/supabase-project.ts";
import { AppError, type ErrorCode } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/ids.ts";
import type { Departure, IdentityProvider, Proof } from "../../kernel/ports/identity.ts";
import { createProviderFetch } from "./provider-fetch.ts";
import { createSupabaseIdentity } from "./supabase.ts";

const NOW = new Date("2026-11-20T08:00:00Z");
const SECONDS = NOW.getTime() / 1000;
const clock = (): Date => NOW;
const ada = newMember("ada@example.com");

const leave = (): Departure => ({
  state: randomToken(),
  nonce: randomToken(),
  verifier: randomToken(),
  redirectUri: "https://bellhop.example.com/oauth/web/callback",
});

const at = (project: SupabaseProject, changes: Partial<Parameters<typeof createSupabaseIdentity>[0]> = {}) =>
  createSupabaseIdentity({
    url: project.url,
    jwtSecret: PROJECT_SECRET,
    anonKey: ANON_KEY,
    offers: ["email", "google"],
    send: createProviderFetch(10_000),
    ...changes,
  });

const wrongTokens = (project: SupabaseProject): Readonly<Record<string, () => Promise<Proof>>> => {
  const of =
    (claims = {}, header = {}) =>
    async () => ({ token: await project.token(ada, NOW, claims, header) });
  const claims = { iss: `${project.url}/auth/v1`, aud: "authenticated", sub: ada.id, exp: SECONDS + 60 };
  return {
    "expired a second ago": of({ exp: SECONDS - 1 }),
    "not valid yet": of({ nbf: SECONDS + 60 }),
    "of another project": of({ iss: "https://other.supabase.co/auth/v1" }),
    "of nobody": of({ iss: undefined }),
    "the project's anonymous key": of({ iss: "supabase", role: "anon", aud: undefined, sub: undefined }),
    "for another audience": of({ aud: "anon" }),
    "for no audience": of({ aud: undefined }),
    "without an end": of({ exp: undefined }),
    "without a subject": of({ sub: undefined }),
    "a subject with a NUL": of({ sub: "a\0b" }),
    "of somebody who signed in as nobody": of({ is_anonymous: true }),
    "of another type": of({}, { typ: "at+jwt" }),
    "of no type": of({}, { typ: undefined }),
    "not signed (alg none)": async () => ({ token: new UnsecuredJWT(claims).encode() }),
    "signed with another secret": async () => ({
      token: await new SignJWT(claims)
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .sign(new TextEncoder().encode("another-secret-that-is-long-enough")),
    }),
    "signed with a public key as the secret (HS256)": async () => {
      const { publicKey } = await generateKeyPair("ES256", { extractable: true });
      const key = new TextEncoder().encode(await exportSPKI(publicKey));
      return { token: await new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(key) };
    },
    "the shared secret with a longer hash (HS512)": async () => ({
      token: await new SignJWT(claims)
        .setProtectedHeader({ alg: "HS512", typ: "JWT" })
        .sign(new TextEncoder().encode(PROJECT_SECRET.repeat(2))),
    }),
    "signed with a key that is not published": async () => {
      const { privateKey } = await generateKeyPair("ES256");
      return { token: await new SignJWT(claims).setProtectedHeader({ alg: "ES256", typ: "JWT" }).sign(privateKey) };
    },
  };
};

for (const signing of ["secret", "keys"] as const) {
  test(`Supabase tokens, signed with the project's ${signing}`, async (t) => {
    const project = await startSupabase(t, { signing, clock });
    await identityContract(t, {
      provider: at(project),
      now: NOW,
      refusal: "invalid_token",
      valid: async () => ({
        proof: { token: await project.token(ada, NOW) },
        issuer: `${project.url}/auth/v1`,
        subject: ada.id,
      }),
      fromText: (token) => ({ token }),
      wrong: wrongTokens(project),
    });
  });
}

/** The query with which the service sends a person back. */
async function visit(project: SupabaseProject, provider: IdentityProvider, departure: Departure): Promise<string> {
  const address = (await provider.redirect?.begin(departure, "supabase-google")) ?? assert.fail();
  const { headers } = await fetch(address, { redirect: "manual" });
  return new URL(headers.get("location") ?? "").search.slice(1);
}

test("Supabase by redirect, with PKCE", async (t) => {
  const project = await startSupabase(t, { clock });
  const provider = at(project);
  const back = async (change: (proof: Departure & { returned: string }) => Partial<Proof> = () => ({})) => {
    const departure = leave();
    const proof = { ...departure, returned: await visit(project, provider, departure) };
    return { ...proof, ...change(proof) };
  };
  await identityContract(t, {
    provider,
    now: NOW,
    refusal: "invalid_token",
    valid: async () => ({ proof: await back(), issuer: `${project.url}/auth/v1`, subject: project.member.id }),
    fromText: (returned) => ({ ...leave(), returned }),
    wrong: {
      "another sign-in's verifier": () => back(() => ({ verifier: randomToken() })),
      "a code that it never gave": () => back(() => ({ returned: "code=made-up" })),
      "a link that is too old": () => back(() => ({ returned: "error=access_denied&error_code=otp_expired" })),
      "a code beside an error": () => back(({ returned }) => ({ returned: `${returned}&error=x` })),
    },
  });
  const departure = leave();
  const returned = await visit(project, provider, departure);
  await provider.verify({ ...departure, returned }, NOW);
  await assert.rejects(provider.verify({ ...departure, returned }, NOW), { code: "invalid_token" });
});

test("Supabase by the mail that it sends: the code, or the link in the same browser", async (t) => {
  const project = await startSupabase(t, { clock });
  const provider = at(project);
  const departure = leave();
  const { challenge } = (await provider.codes?.begin("grace@example.com", departure, NOW)) ?? assert.fail();
  const { code, link } = project.mails.get("grace@example.com") ?? assert.fail();
  await assert.rejects(provider.verify({ challenge, code: "000000" }, NOW), { code: "invalid_code" });
  await assert.rejects(provider.verify({ challenge, code: "1".repeat(5000) }, NOW), { code: "invalid_code" });
  const byCode = await provider.verify({ challenge, code: `${code.slice(0, 3)} ${code.slice(3)}` }, NOW);
  await assert.rejects(provider.verify({ challenge, code }, NOW), { code: "invalid_code" });
  const byLink = await provider.verify({ ...departure, returned: new URL(link).search.slice(1) }, NOW);
  assert.deepEqual([byCode.subject, byCode.label], [byLink.subject, "grace@example.com (Supabase)"]);
  assert.notEqual(byCode.tokens?.refreshToken, null);
});

test("no address is told apart, also where the project makes no new accounts", async (t) => {
  const project = await startSupabase(t, { clock });
  project.answer("/auth/v1/otp", { status: 422, body: '{"code":422,"error_code":"otp_disabled","msg":"no"}' });
  assert.ok(await at(project).codes?.begin("nobody@example.com", leave(), NOW));
});

test("without its public key there is no way in but a token; without its secret no HS256", async (t) => {
  const project = await startSupabase(t, { clock });
  const bare = at(project, { anonKey: undefined, jwtSecret: undefined });
  assert.deepEqual([bare.redirect, bare.codes, bare.refresh], [undefined, undefined, undefined]);
  await assert.rejects(bare.verify({ token: await project.token(ada, NOW) }, NOW), { code: "invalid_token" });
  for (const proof of [
    { ...leave(), returned: "code=x" },
    { challenge: "YUBiLmM", code: "123456" },
  ])
    await assert.rejects(bare.verify(proof, NOW), AppError);
});

const codeOf = (work: Promise<unknown>): Promise<ErrorCode> =>
  work.then(
    () => assert.fail("accepted"),
    (error: unknown) => (error instanceof AppError ? error.code : assert.fail(inspect(error))),
  );

test("a project that is down, slow, limited, or talks nonsense is no verdict on the person", async (t) => {
  const project = await startSupabase(t, { clock });
  const answers = [
    { status: 500, body: "{}" },
    { status: 200, body: "<html>" },
    { status: 200, body: "{}" },
    { status: 200, body: `"${"a".repeat(300_000)}"` },
    { status: 401, body: "{}" },
    { status: 302, body: "" },
    "hang",
  ] as const;
  const provider = at(project);
  for (const answer of answers) {
    // Only where no answer comes is there nothing to wait for.
    const asked = answer === "hang" ? at(project, { send: createProviderFetch(500) }) : provider;
    const departure = leave();
    const returned = await visit(project, provider, departure);
    project.answer("/auth/v1/token", answer);
    assert.equal(await codeOf(asked.verify({ ...departure, returned }, NOW)), "unavailable", inspect(answer));
    assert.equal(
      await codeOf(asked.refresh?.({ refreshToken: "x", issuer: `${project.url}/auth/v1` }, NOW) ?? assert.fail()),
      "unavailable",
    );
  }
  project.answer("/auth/v1/otp", { status: 429, body: "{}" });
  assert.equal(await codeOf(provider.codes?.begin("a@b.example", leave(), NOW) ?? assert.fail()), "rate_limited");
  project.answer("/auth/v1/otp", { status: 500, body: "{}" });
  assert.equal(await codeOf(provider.codes?.begin("a@b.example", leave(), NOW) ?? assert.fail()), "unavailable");
  const keys = await startSupabase(t, { signing: "keys", clock });
  keys.answer("/auth/v1/.well-known/jwks.json", { status: 500, body: "{}" });
  assert.equal(await codeOf(at(keys).verify({ token: await keys.token(ada, NOW) }, NOW)), "unavailable");
});

test("tokens are renewed once each; a used refresh token is refused for good", async (t) => {
  const project = await startSupabase(t, { clock });
  const provider = at(project);
  const departure = leave();
  const { tokens } = await provider.verify({ ...departure, returned: await visit(project, provider, departure) }, NOW);
  const refreshToken = tokens?.refreshToken ?? assert.fail();
  const foreign = { refreshToken, issuer: "https://former.supabase.co/auth/v1" };
  assert.equal(await codeOf(provider.refresh?.(foreign, NOW) ?? assert.fail()), "invalid_token");
  assert.equal(project.refreshes, 0, "another project's token is not sent");
  const renewed = await provider.refresh?.({ refreshToken, issuer: `${project.url}/auth/v1` }, NOW);
  assert.notEqual(renewed?.refreshToken, refreshToken);
  assert.equal(
    await codeOf(provider.refresh?.({ refreshToken, issuer: `${project.url}/auth/v1` }, NOW) ?? assert.fail()),
    "invalid_token",
  );
});
