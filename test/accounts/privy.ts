import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { once } from "node:events";
import { createServer } from "node:http";
import type { TestContext } from "node:test";

export const PRIVY_APP = "clpispdty00ycl80fpueukbhl";

/** Someone who signs tokens as Privy does (docs.privy.io, "Mock JWT"). */
export interface PrivySigner {
  /** What an operator sets as the verification key. */
  readonly verificationKey: string;
  /** A token for a DID, valid for an hour from `now`; other claims on top. */
  token(sub: string, now: Date, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Publishes the key on loopback and returns the address. */
  publish(t: TestContext): Promise<string>;
}

export async function createPrivySigner(): Promise<PrivySigner> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "key-1", alg: "ES256", use: "sig" }] });
  return {
    verificationKey: await exportSPKI(publicKey),
    token(sub, now, claims = {}) {
      const iat = Math.floor(now.getTime() / 1000);
      const standard = { sid: "session-1", sub, iss: "privy.io", aud: PRIVY_APP, iat, exp: iat + 3600 };
      const header = { alg: "ES256", typ: "JWT", kid: "key-1" };
      return new SignJWT({ ...standard, ...claims }).setProtectedHeader(header).sign(privateKey);
    },
    async publish(t) {
      const server = createServer((_request, response) => {
        response.writeHead(200, { "content-type": "application/json" }).end(keys);
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      t.after(() => server.close());
      const address = server.address();
      return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/jwks.json`;
    },
  };
}
