import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { callTool, pkce, type PrivyApp } from "./raw-link.ts";
import { shownPerson } from "./shown-person.ts";

const REDIRECT = "http://localhost:5555/callback";
const PATIENCE_MS = 60_000;

/** A person with a browser and an assistant, both of whom try again when a connection breaks, as real ones do. */
export interface PatientPerson {
  /** How often they were asked to sign in. */
  readonly signIns: number;
  /** Discovers, registers, asks for consent, links. */
  link(): Promise<void>;
  /** One tool call; a token that has ended is refreshed first, as hosts do. */
  call(): Promise<number>;
  refresh(): Promise<void>;
}

const metadata = z.object({ registration_endpoint: z.url(), authorization_endpoint: z.url(), token_endpoint: z.url() });
const tokens = z.object({ access_token: z.string(), refresh_token: z.string() });

/** Sends until an answer comes that is the server's own. */
async function patiently(send: () => Promise<Response>): Promise<Response> {
  for (const end = Date.now() + PATIENCE_MS; ;) {
    const response = await send().catch(() => undefined);
    if (response && response.status !== 502 && response.status !== 503) return response;
    assert.ok(Date.now() < end, "the server did not come back");
    await pause(25);
  }
}

/** @param index tells people, and their addresses, apart */
export function patientPerson(baseUrl: string, app: PrivyApp, index: number): PatientPerson {
  const cookies = new Map<string, string>();
  const from = { "x-forwarded-for": `198.51.${100 + Math.floor(index / 250)}.${1 + (index % 250)}` };
  let signIns = 0;
  let clientId = "";
  let held = { access_token: "", refresh_token: "" };

  async function browse(path: string, body?: unknown): Promise<Response> {
    const response = await patiently(() =>
      fetch(new URL(path, baseUrl), {
        redirect: "manual",
        method: body === undefined ? "GET" : "POST",
        headers: {
          ...from,
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
          ...(body === undefined ? {} : { "content-type": "application/json", origin: baseUrl }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    return response;
  }

  const json = async (url: string): Promise<unknown> => (await patiently(() => fetch(url, { headers: from }))).json();
  const post = (url: string, form: Record<string, string>): Promise<Response> =>
    patiently(() => fetch(url, { method: "POST", headers: from, body: new URLSearchParams(form) }));

  async function discover() {
    const challenged = await patiently(() => fetch(`${baseUrl}/mcp`, { method: "POST", headers: from }));
    const [, where = ""] = /resource_metadata="([^"]+)"/.exec(challenged.headers.get("www-authenticate") ?? "") ?? [];
    const resource = z.object({ authorization_servers: z.array(z.url()) }).parse(await json(where));
    return metadata.parse(await json(`${resource.authorization_servers[0]}/.well-known/oauth-authorization-server`));
  }

  async function register(url: string): Promise<string> {
    const body = JSON.stringify({ client_name: "Patient", redirect_uris: [REDIRECT] });
    const headers = { ...from, "content-type": "application/json" };
    const answer = await patiently(() => fetch(url, { method: "POST", headers, body }));
    return z.object({ client_id: z.string() }).parse(await answer.json()).client_id;
  }

  /** The browser's part: it signs in when nobody is signed in, and never else. */
  async function consent(authorizeUrl: URL): Promise<string | undefined> {
    const begun = await browse(authorizeUrl.href);
    const request = new URL(begun.headers.get("location") ?? "", baseUrl).searchParams.get("request") ?? "";
    if ((await browse("/api/session")).status === 401) {
      signIns += 1;
      await browse("/api/sign-in/privy", { token: await app.token({ subject: `did:privy:${index}` }) });
    }
    const details = await browse(`/api/consent?request=${encodeURIComponent(request)}`);
    assert.equal(details.status, 200, await details.clone().text());
    const person = await shownPerson(details);
    const decided = await browse("/authorize", { request, user_consent: true, person });
    // An answer that was lost on its way was a decision all the same: the assistant begins anew.
    if (!decided.ok) return undefined;
    const { redirect_uri: target } = z.object({ redirect_uri: z.string() }).parse(await decided.json());
    return new URL(target).searchParams.get("code") ?? undefined;
  }

  async function attempt({ authorization_endpoint, token_endpoint }: z.output<typeof metadata>): Promise<boolean> {
    const { verifier, challenge } = pkce();
    const address = new URL(authorization_endpoint);
    address.search = new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: REDIRECT,
      scope: "read write",
      code_challenge: challenge,
      code_challenge_method: "S256",
    }).toString();
    const code = await consent(address);
    if (code === undefined) return false;
    const form = { grant_type: "authorization_code", code, code_verifier: verifier, client_id: clientId };
    const answer = await post(token_endpoint, { ...form, redirect_uri: REDIRECT });
    if (!answer.ok) return false;
    held = tokens.parse(await answer.json());
    return true;
  }

  async function refresh(): Promise<void> {
    const form = { grant_type: "refresh_token", refresh_token: held.refresh_token, client_id: clientId };
    const answer = await post(`${baseUrl}/token`, form);
    assert.equal(answer.status, 200, await answer.clone().text());
    held = tokens.parse(await answer.json());
  }

  return {
    get signIns() {
      return signIns;
    },
    async link() {
      const server = await discover();
      clientId ||= await register(server.registration_endpoint);
      for (let tries = 0; !(await attempt(server)); tries += 1) assert.ok(tries < 5, "linking fails for good");
    },
    async call() {
      const send = () => patiently(() => callTool(`${baseUrl}/mcp`, held.access_token, "echo", { text: "hi" }, from));
      const first = await send();
      if (first.status !== 401) return first.status;
      await refresh();
      return (await send()).status;
    },
    refresh,
  };
}
