import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";

/** One element of DER (X.690 §8.1). */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 128 ? Buffer.from([body.length]) : Buffer.from([0x82, body.length >> 8, body.length & 255]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}

const SEQUENCE = 0x30;
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
/** Object identifiers: ecdsa-with-SHA256, commonName, subjectAltName. */
const [ECDSA, COMMON_NAME, ALT_NAME] = [hex("06082a8648ce3d040302"), hex("0603550403"), hex("0603551d11")];

const nameOf = (name: string): Buffer => der(SEQUENCE, der(0x31, der(SEQUENCE, COMMON_NAME, utf8(name))));
const timeOf = (date: Date): Buffer =>
  der(
    0x17,
    Buffer.from(
      date
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/g, "")
        .slice(2),
    ),
  );

/** A certificate that signs itself, for one name, and its key (PEM). @param days until it ends; negative when it has. */
export function selfSigned(name: string, days: number): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey: key } = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const now = Date.now();
  const dates = [new Date(now - 30 * 86_400_000), new Date(now + days * 86_400_000)];
  const alternatives = der(0x04, der(SEQUENCE, der(0x82, Buffer.from(name))));
  const toSign = der(
    SEQUENCE,
    hex("a003020102"),
    der(0x02, Buffer.from([1])),
    der(SEQUENCE, ECDSA),
    nameOf(name),
    der(SEQUENCE, ...dates.map(timeOf)),
    nameOf(name),
    publicKey,
    der(0xa3, der(SEQUENCE, der(SEQUENCE, ALT_NAME, alternatives))),
  );
  const signature = sign("sha256", toSign, createPrivateKey(key));
  const whole = der(SEQUENCE, toSign, der(SEQUENCE, ECDSA), der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString("base64").replaceAll(/.{64}/g, "$&\n");
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key };
}
