import assert from "node:assert/strict";
import { createOidcIdentity } from "../../src/adapters/identity/oidc.ts";
import type { IdentityProvider } from "../../src/kernel/ports/identity.ts";
import { OPENID_CLIENT, OPENID_SECRET, type OpenIdPeer } from "../upstream/openid.ts";
import { type Wanderer, createWanderer } from "../upstream/wanderer.ts";
import type { AccountServer } from "./server.ts";

/** The published address; requests to it go to where the server really listens. */
export const OURS = "http://localhost:3002";
/** As we register them at providers. */
export const callbacks = ["web", "chatgpt", "claude"].map((channel) => `${OURS}/oauth/${channel}/callback`);

/** A company's own provider. */
export const company = (peer: OpenIdPeer): IdentityProvider =>
  createOidcIdentity({
    title: "Company",
    place: { kind: "discovery", issuer: peer.issuer },
    clientId: OPENID_CLIENT,
    clientSecret: OPENID_SECRET,
    scopes: "openid email offline_access",
    ownOrigin: OURS,
  });

/** A browser that nobody has used yet. */
export const browserAt = (server: AccountServer): Wanderer => createWanderer({ [OURS]: server.address });

/** Asks our server where to go, as its page does. */
export async function begin(browser: Wanderer, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await browser.send(`${OURS}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: OURS, ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** From our page to the provider, and back to where it ends. */
export const signIn = async (browser: Wanderer, body: Record<string, string> = {}) => {
  const { body: asked } = await begin(browser, "/api/sign-in/redirect", { door: "oidc", ...body });
  return browser.open(asked.location);
};

/** The signed-in person, or null. */
export const userOf = async (browser: Wanderer) => {
  const response = await browser.send(`${OURS}/api/session`);
  return response.status === 200 ? (await response.json()).user : null;
};

/** Goes to the provider, and stops at our callback without opening it. */
export async function stopAtCallback(browser: Wanderer, begun: string): Promise<string> {
  let url = begun;
  while (!url.startsWith(`${OURS}/oauth/`)) {
    const response = await browser.send(url);
    url = new URL(response.headers.get("location") ?? assert.fail(`no way on from ${url}`), url).href;
  }
  return url;
}

/** What every page for a browser that is back keeps to. */
export async function assertTroublePage(response: Response, status: number, words: RegExp): Promise<void> {
  assert.equal(response.status, status);
  const page = await response.text();
  assert.match(page, words);
  assert.match(page, /<h1>(You are not signed in|Nothing was added)<\/h1>/);
  assert.match(response.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
  assert.equal(response.headers.get("referrer-policy"), "no-referrer");
  assert.equal(response.headers.get("cache-control"), "no-store");
  for (const [, link = ""] of page.matchAll(/href="([^"]*)"/g)) assert.ok(link.startsWith(`${OURS}/app`), link);
}
