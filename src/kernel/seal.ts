import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  randomBytes,
} from "node:crypto";

/**
 * Purpose keys derived from the master secret (HKDF-SHA256, RFC 5869), so that no two uses share a key.
 * Sealed values are AES-256-GCM with the owning row's id as additional data: a value moved to another row does not open.
 */
export interface Sealer {
  seal(plain: string, owner: string): Buffer;
  /** @throws Error when the secret is another one, or the value was altered or moved. */
  open(sealed: Uint8Array, owner: string): string;
  /** The same for bytes that are no text. */
  sealBytes(plain: Uint8Array, owner: string): Buffer;
  openBytes(sealed: Uint8Array, owner: string): Buffer;
  /** HMAC-SHA256 of the text. */
  mac(text: string): Buffer;
}

/** The longest handle: something sealed, such as a whole request, that a browser carries and brings back. */
export const LONGEST_HANDLE = 20_000;

const NONCE = 12;
const TAG = 16;

export function createSealer(masterSecret: string, purpose: string): Sealer {
  const derive = (use: string): Buffer =>
    Buffer.from(hkdfSync("sha256", masterSecret, "bellhop", `${purpose}/${use}`, 32));
  const sealKey = derive("seal");
  // As a key object: a buffer would be made into one at every use.
  const macKey = createSecretKey(derive("mac"));
  function sealBytes(plain: Uint8Array, owner: string): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv("aes-256-gcm", sealKey, nonce).setAAD(Buffer.from(owner));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  function openBytes(sealed: Uint8Array, owner: string): Buffer {
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv("aes-256-gcm", sealKey, bytes.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(owner))
      .setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
  }

  return {
    seal: (plain, owner) => sealBytes(Buffer.from(plain, "utf8"), owner),
    open: (sealed, owner) => openBytes(sealed, owner).toString("utf8"),
    sealBytes,
    openBytes,
    mac: (text) => createHmac("sha256", macKey).update(text).digest(),
  };
}

/** SHA-256 of a text: how an unguessable token is stored. */
export const sha256 = (text: string): Buffer => hash("sha256", text, "buffer");

/** The same in base64url without padding. In one call, since each call of a tool makes half a dozen of them. */
export const sha256Text = (text: string): string => hash("sha256", text, "base64url");
