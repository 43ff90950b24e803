import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { CALLBACK, type Driver, granted, membersOf, refused } from "./driver.ts";
import { proof, type Subject } from "./subject.ts";

/** One thing that both servers claim to do. */
export type Behaviour = (parts: { readonly subject: Subject; readonly driver: Driver }) => Promise<void>;

const basic = (clientId: string, secret: string) => ({ authorization: `Basic ${btoa(`${clientId}:${secret}`)}` });

/** Registers a client that proves itself by a secret or a key. */
async function registerConfidential(driver: Driver, metadata: Record<string, unknown>) {
  const answer = await membersOf(await driver.registration(metadata));
  return { id: String(answer["client_id"]), secret: String(answer["client_secret"]) };
}

const codeForm = ({ code, verifier }: { code: string; verifier: string }) => ({
  grant_type: "authorization_code",
  code,
  code_verifier: verifier,
  redirect_uri: CALLBACK,
});

/** Signs assertions (RFC 7523 §3) with a key of the client's own. */
async function signer(subject: Subject) {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "own", alg: "RS256", use: "sig" }] };
  const sign = async (clientId: string, audience = subject.endpoints.token_endpoint, ends = "2m") => ({
    client_id: clientId,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: "RS256", kid: "own" })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(ends)
      .sign(privateKey),
  });
  return { jwks, sign };
}

/** Clients that prove themselves by a secret or a key. */
export const confidential: Record<string, Behaviour> = {
  "a secret proves a client, in the header and in the form": async ({ driver }) => {
    const inHeader = await registerConfidential(driver, { token_endpoint_auth_method: "client_secret_basic" });
    const tokens = await granted(
      driver.token(codeForm(await driver.code(inHeader.id)), basic(inHeader.id, inHeader.secret)),
    );
    const asked = { grant_type: "refresh_token", refresh_token: tokens.refresh_token };
    await granted(driver.token(asked, basic(inHeader.id, inHeader.secret)));
    const inForm = await registerConfidential(driver, { token_endpoint_auth_method: "client_secret_post" });
    const credentials = { client_id: inForm.id, client_secret: inForm.secret };
    await granted(driver.token({ ...codeForm(await driver.code(inForm.id)), ...credentials }));
  },
  "a wrong secret, none, and two proofs at once are refused, and spend nothing": async ({ driver }) => {
    const { id, secret } = await registerConfidential(driver, { token_endpoint_auth_method: "client_secret_basic" });
    const link = await driver.code(id);
    await refused(driver.token(codeForm(link), basic(id, `${secret}x`)), 401, "invalid_client");
    await refused(driver.token({ ...codeForm(link), client_id: id }), 401, "invalid_client");
    const twice = await driver.token({ ...codeForm(link), client_id: id, client_secret: secret }, basic(id, secret));
    assert.ok(twice.status === 400 || twice.status === 401);
    await granted(driver.token(codeForm(link), basic(id, secret)));
  },
  "an assertion proves a client once, here, and for a while": async ({ subject, driver }) => {
    const { jwks, sign } = await signer(subject);
    const { id } = await registerConfidential(driver, { token_endpoint_auth_method: "private_key_jwt", jwks });
    const link = await driver.code(id);
    for (const bad of [await sign(id, "https://elsewhere.example/token"), await sign(id, undefined, "-5m")])
      await refused(driver.token({ ...codeForm(link), ...bad }), 401, "invalid_client");
    const stranger = await signer(subject);
    await refused(driver.token({ ...codeForm(link), ...(await stranger.sign(id)) }), 401, "invalid_client");
    const assertion = await sign(id);
    const tokens = await granted(driver.token({ ...codeForm(link), ...assertion }));
    const asked = { grant_type: "refresh_token", refresh_token: tokens.refresh_token };
    await refused(driver.token({ ...asked, ...assertion }), 401, "invalid_client");
    await granted(driver.token({ ...asked, ...(await sign(id)) }));
  },
  "introspection tells a client of its own tokens alone": async ({ subject, driver }) => {
    const [own, other] = [
      await registerConfidential(driver, { token_endpoint_auth_method: "client_secret_basic" }),
      await registerConfidential(driver, { token_endpoint_auth_method: "client_secret_basic" }),
    ];
    const tokens = await granted(driver.token(codeForm(await driver.code(own.id)), basic(own.id, own.secret)));
    const ask = async (client: typeof own, token: string) =>
      membersOf(
        await driver.form(subject.endpoints.introspection_endpoint, { token }, basic(client.id, client.secret)),
      );
    const told = await ask(own, tokens.refresh_token);
    assert.deepEqual([told["active"], told["client_id"]], [true, own.id]);
    assert.deepEqual(await ask(other, tokens.refresh_token), { active: false });
    assert.deepEqual(await ask(own, "garbage"), { active: false });
    const anonymous = driver.form(subject.endpoints.introspection_endpoint, { token: tokens.refresh_token });
    assert.ok([400, 401].includes((await anonymous).status), "nobody in particular is told nothing");
  },
};

const document = (id: string, change: Record<string, unknown> = {}) => ({
  client_id: id,
  client_name: "By document",
  redirect_uris: [CALLBACK, "http://localhost/callback"],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
  ...change,
});

/** Clients that are known by a document of theirs. */
export const documents: Record<string, Behaviour> = {
  "a client is known by its document, and may come on any loopback port": async ({ subject, driver }) => {
    assert.equal(subject.endpoints.client_id_metadata_document_supported, true);
    const id = "https://client.example/good.json";
    subject.documents.publish(id, document(id));
    const tokens = await driver.link(id, { redirect_uri: "http://localhost:57470/callback" });
    await granted(driver.refresh(id, tokens.refresh_token));
  },
  "a document that is another's, holds a secret or is not there names nobody": async ({ subject, driver }) => {
    const [another, secret] = ["https://client.example/another.json", "https://client.example/secret.json"];
    subject.documents.publish(another, document("https://client.example/good.json"));
    subject.documents.publish(secret, document(secret, { client_secret: "published" }));
    const { challenge } = proof();
    for (const id of [another, secret, "https://client.example/nothing.json", "http://client.example/good.json"]) {
      const end = await subject.visit(driver.authorizeUrl(id, challenge), "allow");
      assert.equal(end.at, "page", id);
    }
  },
};
