import assert from "node:assert/strict";
import { eachEngine } from "../database.ts";
import { dice, type Dice } from "./fuzz/dice.ts";
import { HOSTILE } from "./fuzz/hostile.ts";
import { CALLBACK, migrations, type Rig, startOAuth } from "./rig.ts";
import { ASSERTION_TYPE, createSigner, type Signer, testWeb } from "./web.ts";

/** Rounds on each engine; `npm run soak` asks for more by the variable. */
const ROUNDS = Math.ceil(Number(process.env["FUZZ_REQUESTS"] ?? 5000) / 25);
const SEED = Number(process.env["FUZZ_SEED"] ?? 20261121);
const JWKS = "https://host.example/jwks";

const texts = HOSTILE.filter((value) => typeof value === "string");

/** A document with some of its members as they should be, and some as a stranger might write them. */
function documentFor(random: Dice, id: string, signer: Signer): Record<string, unknown> {
  const sound: Record<string, unknown> = {
    client_id: id,
    client_name: "A host",
    client_uri: "https://host.example/",
    redirect_uris: [CALLBACK],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
    jwks_uri: JWKS,
    jwks: { keys: [signer.jwk] },
    scope: "read",
  };
  const members = Object.entries(sound).flatMap(([name, value]) => {
    const roll = random.below(20);
    if (roll < 5) return [];
    return [[name, roll === 5 ? random.pick(HOSTILE) : roll === 6 ? [random.pick(HOSTILE)] : value]];
  });
  return Object.fromEntries(members);
}

const keySetFor = (random: Dice, signer: Signer): unknown =>
  random.pick([
    { keys: [signer.jwk] },
    { keys: [signer.jwk] },
    { keys: [{ kty: "EC", crv: random.pick(texts), x: "AA", y: "AA", kid: "key" }] },
    { keys: [{ kty: "RSA", n: "AA", e: "AA", kid: "key", alg: "ES256" }] },
    { keys: [{ kty: "OKP", crv: "Ed25519", x: "", kid: "key" }] },
    { keys: [] },
    [],
    null,
    random.pick(HOSTILE),
  ]);

async function assertionFor(random: Dice, rig: Rig, id: string, signer: Signer): Promise<string> {
  const now = Math.floor(rig.clock.now().getTime() / 1000);
  const claims = {
    iss: id,
    sub: id,
    aud: random.pick([rig.baseUrl, `${rig.baseUrl}/token`, texts, 7, [null]]),
    exp: random.pick([now + 60, now + 60, 1e308, -1, now + 1e12]),
    ...(random.below(4) === 0 ? {} : { jti: random.pick([random.pick(texts), {}, 7]) }),
  };
  const signed = signer.sign(claims, { kid: random.pick(["key", "key", random.pick(texts)]) });
  return random.below(4) === 0 ? random.pick(texts) : signed.catch(() => random.pick(texts));
}

function credentialsFor(random: Dice, id: string, assertion: string): [Record<string, string>, Record<string, string>] {
  const basic = Buffer.from(`${random.pick([id, random.pick(texts)])}:${random.pick(texts)}`).toString("base64");
  const form = {
    ...(random.below(2) === 0 ? { client_id: random.pick([id, random.pick(texts)]) } : {}),
    ...(random.below(4) === 0 ? { client_secret: random.pick(texts) } : {}),
    ...(random.below(3) > 0 ? { client_assertion: assertion, client_assertion_type: ASSERTION_TYPE } : {}),
  };
  return [form, random.below(3) === 0 ? { authorization: `Basic ${random.pick([basic, "/zr+", ""])}` } : {}];
}

eachEngine("hostile documents, keys and proofs of clients never break the server", migrations, async (t, database) => {
  const web = testWeb();
  const rig = await startOAuth(t, database, { web });
  const [random, signer] = [dice(SEED), await createSigner("key")];
  const userId = await rig.addUser();
  let linked = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const id = `https://host.example/${round}`;
    const document = documentFor(random, id, signer);
    web.publish(id, document, random.below(10) === 0 ? { body: random.pick(texts) } : {});
    web.publish(JWKS, keySetFor(random, signer));
    const begun = await rig.postJson("/authorize/complete", rig.decision(id, userId));
    const code = /"code":"([^"]+)"/.exec(await begun.text())?.[1] ?? "none";
    const assertion = await assertionFor(random, rig, id, signer);
    const [form, headers] = credentialsFor(random, id, assertion);
    const grant = { grant_type: "authorization_code", code, code_verifier: "v".repeat(43), token: "x" };
    const path = random.pick(["/token", "/token", "/revoke", "/introspect"]);
    const proved = await rig.postForm(path, { ...grant, ...form }, headers);
    const registered = await rig.postJson("/register", random.pick([document, random.pick(HOSTILE)]));
    const seen = JSON.stringify({ round, document, path, form, headers });
    for (const answer of [begun, proved, registered]) assert.ok(answer.status < 500, `${answer.status} ${seen}`);
    if (code !== "none") linked += 1;
    rig.clock.advance(random.pick([0, 0, 40, 4000]));
  }
  assert.ok(linked > ROUNDS / 20, `${linked} of ${ROUNDS} documents were sound enough to be linked`);
  assert.deepEqual(rig.unforeseen, []);
});
