import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** What CBOR (RFC 8949) a passkey needs: whole numbers, bytes, text, and maps of them. */
type Cbor = number | string | Uint8Array | ReadonlyMap<number | string, Cbor>;

function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}

function cbor(value: Cbor): Buffer {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.byteLength), value]);
  const members = [...value].flatMap(([key, member]) => [cbor(key), cbor(member)]);
  return Buffer.concat([head(5, value.size), ...members]);
}

const sha256 = (data: string | Uint8Array): Buffer => createHash("sha256").update(data).digest();

/** Flags of authenticator data (WebAuthn §6.1): present, verified, with a credential. */
const [UP, UV, AT] = [1, 4, 64];

/** What an answer says of itself; each may be bent, and is then signed as truthfully as all else. */
export interface Bent {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly verified?: boolean;
  readonly present?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
  /** The credential that is named, where it is not the one that signs. */
  readonly id?: string;
  readonly signer?: KeyObject;
  /** Of a new passkey: another attestation than none. */
  readonly attestation?: { readonly fmt: string; readonly statement: ReadonlyMap<string, Cbor> };
}

/** An authenticator in software that answers as a browser and a security key would together. */
export interface Authenticator {
  readonly credentialId: string;
  readonly privateKey: KeyObject;
  /** How often it has signed. */
  counter: number;
  /** Answers `navigator.credentials.create`. */
  create(options: { readonly challenge: string }, bent?: Bent): object;
  /** Answers `navigator.credentials.get`. */
  get(options: { readonly challenge: string }, bent?: Bent): object;
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** @param origin where the person is. @param keepsCount false for one that keeps no count, as synced passkeys do. */
export function createAuthenticator(origin: string, keepsCount = true): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const id = randomBytes(32);
  const credentialId = base64url(id);

  const clientData = (type: string, challenge: string, bent: Bent): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: bent.type ?? type,
        challenge: bent.challenge ?? challenge,
        origin: bent.origin ?? origin,
        crossOrigin: bent.crossOrigin ?? false,
      }),
    );

  function authenticatorData(bent: Bent, attested = Buffer.alloc(0)): Buffer {
    if (keepsCount) self.counter += 1;
    const flags =
      (bent.present === false ? 0 : UP) | (bent.verified === false ? 0 : UV) | (attested.length > 0 ? AT : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(bent.counter ?? self.counter);
    const rpIdHash = sha256(bent.rpId ?? new URL(origin).hostname);
    return Buffer.concat([rpIdHash, Buffer.from([flags]), count, attested]);
  }

  const coordinate = (value: string | undefined): Buffer => Buffer.from(value ?? "", "base64url");
  const key = new Map<number, Cbor>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, coordinate(jwk.x)],
    [-3, coordinate(jwk.y)],
  ]);

  const self: Authenticator = {
    credentialId,
    privateKey,
    counter: 0,
    create({ challenge }, bent = {}) {
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cbor(key)]);
      const attestationObject = cbor(
        new Map<string, Cbor>([
          ["fmt", bent.attestation?.fmt ?? "none"],
          ["attStmt", bent.attestation?.statement ?? new Map()],
          ["authData", authenticatorData(bent, attested)],
        ]),
      );
      const response = {
        clientDataJSON: base64url(clientData("webauthn.create", challenge, bent)),
        attestationObject: base64url(attestationObject),
        transports: ["internal"],
      };
      return { id: credentialId, rawId: credentialId, type: "public-key", response, clientExtensionResults: {} };
    },
    get({ challenge }, bent = {}) {
      const data = authenticatorData(bent);
      const client = clientData("webauthn.get", challenge, bent);
      const response = {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(sign("sha256", Buffer.concat([data, sha256(client)]), bent.signer ?? privateKey)),
        ...(bent.userHandle === undefined ? {} : { userHandle: bent.userHandle }),
      };
      const named = bent.id ?? credentialId;
      return { id: named, rawId: named, type: "public-key", response, clientExtensionResults: {} };
    },
  };
  return self;
}
