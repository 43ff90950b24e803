import * as z from "zod";
import type { PrivyApp } from "../clients/raw-link.ts";
import { shownPerson } from "../clients/shown-person.ts";

const postJson = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

/** Registers a client that waits for its answer on this machine. */
export async function registerNative(baseUrl: string, redirectUri: string): Promise<string> {
  const answer = await postJson(`${baseUrl}/register`, { client_name: "Conformance", redirect_uris: [redirectUri] });
  return z.object({ client_id: z.string() }).parse(await answer.json()).client_id;
}

const cookieOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

/**
 * Does what a person's browser does with an authorization request: opens it, signs in on the consent page, agrees, and
 * goes where the answer sends it.
 */
export async function agree(baseUrl: string, authorizeUrl: string, privy: PrivyApp): Promise<void> {
  const opened = await fetch(authorizeUrl, { redirect: "manual" });
  const request = new URL(opened.headers.get("location") ?? "", baseUrl).searchParams.get("request") ?? "";
  const signedIn = await postJson(`${baseUrl}/api/sign-in/privy`, { token: await privy.token() }, { origin: baseUrl });
  const headers = { origin: baseUrl, cookie: `${cookieOf(opened)}; ${cookieOf(signedIn)}` };
  const details = await fetch(`${baseUrl}/api/consent?${new URLSearchParams({ request })}`, { headers });
  const decision = { request, user_consent: true, person: await shownPerson(details) };
  const decided = await postJson(`${baseUrl}/authorize`, decision, headers);
  const { redirect_uri: target } = z.object({ redirect_uri: z.url() }).parse(await decided.json());
  await fetch(target);
}
