import { createHash, randomBytes } from "node:crypto";
import * as z from "zod";
import type { Documents } from "../zoo/documents.ts";

/** An authorization server under test, whichever it is, spoken to over HTTP alone. */
export interface Subject {
  readonly name: string;
  readonly issuer: string;
  readonly endpoints: Endpoints;
  /** The web as the server sees it. */
  readonly documents: Documents;
  /** Opens an authorization address as a person's browser does, and decides. */
  visit(authorizeUrl: string, decision: "allow" | "decline"): Promise<Visit>;
  close(): Promise<void>;
}

/** How an authorization request ended: at the client's address, or on a page of the server's own. */
export type Visit =
  | { readonly at: "client"; readonly address: string; readonly parameters: URLSearchParams }
  | { readonly at: "page"; readonly status: number; readonly page: string };

const metadata = z.looseObject({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  registration_endpoint: z.url(),
  revocation_endpoint: z.url(),
  introspection_endpoint: z.url(),
  jwks_uri: z.url(),
  code_challenge_methods_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  authorization_response_iss_parameter_supported: z.boolean(),
  client_id_metadata_document_supported: z.boolean(),
});

export type Endpoints = z.output<typeof metadata>;

/** Reads RFC 8414 metadata. */
export const endpointsOf = async (issuer: string): Promise<Endpoints> =>
  metadata.parse(await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json());

/** Cookies, as a browser keeps them, without their paths: each test has its own server. */
export function cookieJar() {
  const kept = new Map<string, string>();
  return {
    take(response: Response): void {
      for (const line of response.headers.getSetCookie()) {
        const [pair = ""] = line.split(";");
        kept.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
      }
    },
    header: (): string => [...kept].map(([name, value]) => `${name}=${value}`).join("; "),
  };
}

/** A visit's end, from where the browser was sent. @param issuer addresses below it are the server's own pages */
export async function endOf(response: Response, issuer: string): Promise<Visit | URL> {
  const location = response.headers.get("location");
  if (location === null) return { at: "page", status: response.status, page: await response.text() };
  const target = new URL(location, issuer);
  if (target.origin === new URL(issuer).origin) return target;
  return { at: "client", address: location, parameters: target.searchParams };
}

/** PKCE, S256. */
export function proof() {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}
