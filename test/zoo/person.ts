import assert from "node:assert/strict";
import * as z from "zod";
import type { PrivyApp } from "../clients/raw-link.ts";
import { shownPerson } from "../clients/shown-person.ts";
import { cookieJar } from "../oracle/subject.ts";

/** A person with a browser of their own, in which they are signed in; driven by hand, as fast as HTTP is. */
export interface Person {
  /** Opens the address, agrees, and returns where the browser is sent then, without going there. */
  allow(authorizeUrl: string | URL): Promise<URL>;
  /** Their links, newest first. */
  grants(): Promise<readonly Grant[]>;
  /** Ends a link, as the page of linked accounts does. */
  revoke(grantId: string): Promise<void>;
}

/** A link, as the API tells of it. */
export const grantSchema = z.object({
  id: z.string(),
  clientId: z.string(),
  clientName: z.string(),
  channel: z.string(),
  redirectHost: z.string(),
  scopes: z.array(z.object({ name: z.string() })),
});

export type Grant = z.output<typeof grantSchema>;

/** Signs a person in. @param subject tells people apart */
export async function signInPerson(baseUrl: string, privy: PrivyApp, subject = "did:privy:ana"): Promise<Person> {
  const jar = cookieJar();
  const signedIn = await fetch(new URL("/api/sign-in/privy", baseUrl), {
    method: "POST",
    headers: { origin: baseUrl, "content-type": "application/json" },
    body: JSON.stringify({ token: await privy.token({ subject }) }),
  });
  jar.take(signedIn);
  assert.equal(signedIn.status, 200, await signedIn.text());
  return personWith(baseUrl, jar);
}

/** Whoever holds these cookies. */
export function personWith(baseUrl: string, jar: ReturnType<typeof cookieJar>): Person {
  async function browse(path: string, method = "GET", body?: unknown): Promise<Response> {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      redirect: "manual",
      headers: { origin: baseUrl, cookie: jar.header(), ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    jar.take(response);
    return response;
  }
  return {
    async allow(authorizeUrl) {
      const begun = await browse(String(authorizeUrl));
      assert.equal(begun.status, 302, await begun.clone().text());
      const page = new URL(begun.headers.get("location") ?? "", baseUrl);
      assert.equal(page.pathname, "/app/consent", `${page.href} instead of a question`);
      const request = page.searchParams.get("request");
      const shown = await browse(`/api/consent${page.search}`);
      assert.equal(shown.status, 200, await shown.clone().text());
      const decision = { request, user_consent: true, person: await shownPerson(shown) };
      const decided = await browse("/authorize", "POST", decision);
      const { redirect_uri: target } = z.object({ redirect_uri: z.string() }).parse(await decided.json());
      return new URL(target);
    },
    async grants() {
      const answer = await browse("/api/grants");
      return z.object({ grants: z.array(grantSchema) }).parse(await answer.json()).grants;
    },
    async revoke(id) {
      const ended = await browse(`/api/grants/${id}`, "DELETE", {});
      assert.equal(ended.status, 200, await ended.text());
    },
  };
}
