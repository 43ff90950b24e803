import assert from "node:assert/strict";
import * as z from "zod";
import { proof, type Subject, type Visit } from "./subject.ts";

export const CALLBACK = "https://app.example/callback";

const answer = z.looseObject({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.string(),
  expires_in: z.number(),
  scope: z.string().optional(),
});

export type TokenAnswer = z.output<typeof answer>;
type Members = Record<string, unknown>;
type Form = Record<string, string>;

/** A JSON answer, whatever it holds; nothing when it is none. */
export async function membersOf(response: Response): Promise<Members> {
  const text = await response.text();
  return text.startsWith("{") ? z.record(z.string(), z.unknown()).parse(JSON.parse(text)) : {};
}

/** Asserts an OAuth error (RFC 6749 §5.2). */
export async function refused(response: Response | Promise<Response>, status: number, error: string): Promise<void> {
  const answered = await response;
  const members = await membersOf(answered);
  assert.deepEqual([answered.status, members["error"]], [status, error], JSON.stringify(members));
}

/** Asserts a pair of tokens. */
export async function granted(response: Response | Promise<Response>): Promise<TokenAnswer> {
  const answered = await response;
  const body = await answered.text();
  assert.equal(answered.status, 200, body);
  return answer.parse(JSON.parse(body));
}

/** A visit that ended at the client. */
export function atClient(visit: Visit): URLSearchParams {
  if (visit.at === "client") return visit.parameters;
  return assert.fail(`the browser stayed on a page: ${visit.status} ${visit.page.slice(0, 200)}`);
}

/** A hand-made client of any authorization server. */
export function driverOf(subject: Subject) {
  const { endpoints } = subject;
  const form = (url: string, fields: Form | string, headers: Form = {}): Promise<Response> =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: typeof fields === "string" ? fields : new URLSearchParams(fields).toString(),
    });
  let registrations = 0;
  const registration = (metadata: Members): Promise<Response> =>
    fetch(endpoints.registration_endpoint, {
      method: "POST",
      // From an address of its own each time: a limit on registrations is no part of this suite.
      headers: { "content-type": "application/json", "x-forwarded-for": `198.51.100.${(registrations += 1)}` },
      body: JSON.stringify({
        client_name: "Scripted",
        redirect_uris: [CALLBACK],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
        ...metadata,
      }),
    });
  const token = (fields: Form | string, headers?: Form) => form(endpoints.token_endpoint, fields, headers);
  const authorizeUrl = (clientId: string, challenge: string, change: Record<string, string | undefined> = {}) => {
    const url = new URL(endpoints.authorization_endpoint);
    const fields: Record<string, string | undefined> = {
      response_type: "code",
      client_id: clientId,
      redirect_uri: CALLBACK,
      scope: "read write offline_access",
      state: "state-1",
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...change,
    };
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  };
  const self = {
    form,
    registration,
    token,
    authorizeUrl,
    async register(metadata: Members = {}): Promise<string> {
      const response = await registration(metadata);
      const members = await membersOf(response);
      assert.equal(response.status, 201, JSON.stringify(members));
      return z.string().parse(members["client_id"]);
    },
    /** Asks, and lets the person allow it. */
    async code(clientId: string, change?: Record<string, string | undefined>) {
      const { verifier, challenge } = proof();
      const parameters = atClient(await subject.visit(authorizeUrl(clientId, challenge, change), "allow"));
      return { code: parameters.get("code") ?? assert.fail(parameters.toString()), verifier };
    },
    exchange: (clientId: string, { code, verifier }: { code: string; verifier: string }, change: Form = {}) =>
      token({
        grant_type: "authorization_code",
        client_id: clientId,
        code,
        code_verifier: verifier,
        redirect_uri: CALLBACK,
        ...change,
      }),
    refresh: (clientId: string, refreshToken: string, change: Form = {}) =>
      token({ grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken, ...change }),
    async link(clientId: string, change?: Record<string, string | undefined>): Promise<TokenAnswer> {
      return granted(self.exchange(clientId, await self.code(clientId, change), redirectOf(change)));
    },
    revoke: (clientId: string, value: string) =>
      form(endpoints.revocation_endpoint, { client_id: clientId, token: value }),
  };
  return self;
}

const redirectOf = (change?: Record<string, string | undefined>): Form =>
  change?.["redirect_uri"] === undefined ? {} : { redirect_uri: change["redirect_uri"] };

export type Driver = ReturnType<typeof driverOf>;
