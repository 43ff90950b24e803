import { createHash, randomBytes } from "node:crypto";
import { textOf } from "./documents.ts";
import { Skipped } from "./fault.ts";
import type { Answer } from "./probe.ts";
import type { Visit } from "./visit.ts";

/** How a server takes an authorization request. */
export type Reaction =
  /** It stands: a page to sign in or to consent comes next. */
  | { readonly kind: "page"; readonly status: number; readonly next: string; readonly answer: Answer }
  /** The client is told at its own address (RFC 6749 §4.1.2.1). */
  | { readonly kind: "client"; readonly status: number; readonly told: URLSearchParams }
  /** The person is told, and nobody else. */
  | { readonly kind: "refused"; readonly status: number; readonly answer: Answer };

/** A pair for PKCE (RFC 7636 §4). */
export function pkce(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** The parameters of a request as a client sends them; a null leaves one out. */
export type Changes = Readonly<Record<string, string | null>>;

/** The address of an authorization request. */
export async function authorizeUrl(visit: Visit, changes: Changes): Promise<URL> {
  const endpoint = textOf(await visit.needs.server(), "authorization_endpoint");
  if (endpoint === undefined) throw new Skipped("Needs server.endpoints.");
  const url = new URL(endpoint);
  const parameters: Changes = {
    response_type: "code",
    code_challenge: pkce().challenge,
    code_challenge_method: "S256",
    state: visit.secrets.hide(randomBytes(12).toString("base64url")),
    resource: visit.url,
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.set(name, value);
  return url;
}

const isAt = (target: URL, redirectUri: string): boolean => {
  const wanted = URL.parse(redirectUri);
  return wanted !== null && target.origin === wanted.origin && target.pathname === wanted.pathname;
};

/** Sends a request as a browser would at the beginning, and looks where it would go. Nothing is approved. */
export async function begin(visit: Visit, changes: Changes): Promise<Reaction> {
  const url = await authorizeUrl(visit, changes);
  const answer = await visit.probe.ask(url.href, { headers: { accept: "text/html,application/xhtml+xml" } });
  const { status } = answer;
  const target = URL.parse(answer.headers.location ?? "", url.href);
  if (status >= 300 && status < 400 && answer.headers.location !== undefined && target !== null) {
    const atClient = isAt(target, changes["redirect_uri"] ?? "");
    return atClient
      ? { kind: "client", status, told: target.searchParams }
      : { kind: "page", status, next: target.href, answer };
  }
  return status >= 200 && status < 300
    ? { kind: "page", status, next: url.href, answer }
    : { kind: "refused", status, answer };
}

/** The words of a page, without its tags. */
const wordsOf = (page: string): string =>
  page
    .replaceAll(/<(style|script|title)\b[^]*?<\/\1>/gi, " ")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 240);

/** A reaction in a few words. */
export function describeReaction(reaction: Reaction): string {
  if (reaction.kind === "page") return `${reaction.status}, next ${reaction.next.split("?")[0]}`;
  if (reaction.kind === "refused") return `${reaction.status} ${wordsOf(reaction.answer.text)}`;
  const { told } = reaction;
  if (told.has("code")) return "a code was handed out";
  return `the client is told ${told.get("error") ?? "nothing"}${told.has("error_description") ? `: ${told.get("error_description")}` : ""}`;
}
