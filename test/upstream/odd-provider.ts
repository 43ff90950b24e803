import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { TestContext } from "node:test";
import type { Departure } from "../../src/kernel/ports/identity.ts";
import { bodyOf, listenOnLoopback } from "./listen.ts";

export const ODD_CLIENT = "bellhop";

/** What the provider answers to one code, and to the userinfo question after it. */
interface Grant {
  readonly challenge: string;
  readonly tokens: Readonly<Record<string, unknown>>;
  readonly userinfo: unknown;
}

/** One answer in place of the real one. */
interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

/** An OpenID provider that speaks the protocol, and lies where a test tells it to. */
export interface OddProvider {
  readonly url: string;
  /** Claims of a right ID token for a departure. */
  claims(departure: Departure, now: Date): JWTPayload;
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>, key?: CryptoKey | Uint8Array): Promise<string>;
  /** The query that brings a person back with a code for these tokens. */
  returned(departure: Departure, tokens: Readonly<Record<string, unknown>>, userinfo?: unknown): string;
  /** Answers a path this way from now on. */
  answer(path: string, answer: Answer | "hang"): void;
  /** Paths that were asked, in order. */
  readonly asked: string[];
  /** Bodies of the token endpoint, and the Authorization headers before them. */
  readonly forms: { readonly form: URLSearchParams; readonly authorization: string | undefined }[];
}

export const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");

/** Starts one. @param metadata changes what it says of itself. */
export async function startOddProvider(
  t: TestContext,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<OddProvider> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "RS256", use: "sig" };
  const grants = new Map<string, Grant>();
  const userinfos = new Map<string, unknown>();
  const answers = new Map<string, Answer | "hang">();
  const asked: string[] = [];
  const forms: OddProvider["forms"] = [];

  function exchange(form: URLSearchParams): { status: number; body: unknown } {
    const grant = grants.get(form.get("code") ?? form.get("refresh_token") ?? "");
    if (!grant) return { status: 400, body: { error: "invalid_grant", error_description: "unknown" } };
    const verifier = form.get("code_verifier");
    if (form.has("code") && challengeOf(verifier ?? "") !== grant.challenge)
      return { status: 400, body: { error: "invalid_grant" } };
    grants.delete(form.get("code") ?? "");
    userinfos.set(String(grant.tokens["access_token"]), grant.userinfo);
    return { status: 200, body: grant.tokens };
  }

  async function answerToken(request: IncomingMessage, send: (status: number, body: unknown) => void): Promise<void> {
    const form = new URLSearchParams(await bodyOf(request));
    forms.push({ form, authorization: request.headers.authorization });
    const { status, body } = exchange(form);
    send(status, body);
  }

  const { url } = await listenOnLoopback(t, (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    asked.push(pathname);
    const instead = answers.get(pathname);
    if (instead === "hang") return;
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (instead) {
      response.writeHead(instead.status, { "content-type": instead.type ?? "application/json" }).end(instead.body);
      return;
    }
    if (pathname === "/.well-known/openid-configuration") {
      send(200, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        userinfo_endpoint: `${url}/userinfo`,
        jwks_uri: `${url}/jwks`,
        id_token_signing_alg_values_supported: ["RS256"],
        authorization_response_iss_parameter_supported: true,
        ...metadata,
      });
    } else if (pathname === "/jwks") send(200, { keys: [jwk] });
    else if (pathname === "/token") {
      void answerToken(request, send);
    } else if (pathname === "/userinfo") {
      const token = request.headers.authorization?.replace(/^Bearer /i, "") ?? "";
      if (userinfos.has(token)) send(200, userinfos.get(token));
      else send(401, { error: "invalid_token" });
    } else send(404, {});
  });

  let codes = 0;
  return {
    url,
    asked,
    forms,
    claims: ({ nonce }, now) => {
      const iat = Math.floor(now.getTime() / 1000);
      return { iss: url, aud: ODD_CLIENT, sub: "person-1", nonce, iat, exp: iat + 300 };
    },
    sign: (claims, header = {}, key = privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "key-1", ...header }).sign(key),
    returned({ state, verifier }, tokens, userinfo = null) {
      codes += 1;
      const code = `code-number-${codes}`;
      grants.set(code, { challenge: challengeOf(verifier), tokens, userinfo });
      return new URLSearchParams({ code, state, iss: url }).toString();
    },
    answer: (path, answer) => void answers.set(path, answer),
  };
}
