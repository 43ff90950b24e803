import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { AppError } from "../../src/kernel/errors.ts";
import type { WebAnswer, WebPort } from "../../src/kernel/ports/web.ts";

/** A web that a test writes: no packet leaves it. */
export interface TestWeb extends WebPort {
  /** What an address answers from now on: a JSON document, or a whole answer. */
  publish(url: string, document: unknown, more?: Partial<WebAnswer>): void;
  /** The address does not answer any more. */
  takeDown(url: string): void;
  /** How often an address was asked. */
  asked(url: string): number;
}

const json = (document: unknown): WebAnswer => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(document),
});

export function testWeb(): TestWeb {
  const answers = new Map<string, WebAnswer>();
  const asked: string[] = [];
  return {
    publish: (url, document, more) => void answers.set(url, { ...json(document), ...more }),
    takeDown: (url) => void answers.delete(url),
    asked: (url) => asked.filter((one) => one === url).length,
    async fetchDocument(url) {
      asked.push(url);
      const answer = answers.get(url);
      if (answer === undefined) throw new AppError("unavailable", "The address gave no usable answer: it is down.");
      return answer;
    },
  };
}

/** A client's key pair, and assertions signed with it. */
export interface Signer {
  /** The public half, with its kid. */
  readonly jwk: JWK;
  /** @param claims beside or instead of the usual ones; `undefined` leaves one out. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function createSigner(kid: string, alg = "ES256"): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" },
    sign: (claims, header = {}) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
  };
}

export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
