import type { Guard } from "../ui/guards.ts";
import {
  type Challenge,
  type Consent,
  type Decision,
  type Grant,
  type ReceiptPage,
  type Revocation,
  type SignInOptions,
  type User,
  isChallenge,
  isConsent,
  isDecision,
  isErrorAnswer,
  isGrantList,
  isReceiptPage,
  isRevocation,
  isSession,
  isSignInOptions,
} from "./contract.ts";

interface ApiErrorFacts {
  readonly code: string;
  readonly next: string;
  /** HTTP status; 0 when the server did not answer. */
  readonly status: number;
  readonly requestId: string | null;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter: number | null;
}

/** A request that did not succeed: `message` says what happened, `next` what the person can do. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly facts: ApiErrorFacts;

  constructor(message: string, facts: ApiErrorFacts) {
    super(message);
    this.facts = facts;
  }
}

const noAnswer = (): ApiError =>
  new ApiError("The server did not answer.", {
    code: "no_answer",
    next: "Check that it is running, then try again.",
    status: 0,
    requestId: null,
    retryAfter: null,
  });

const strangeAnswer = (response: Response): ApiError =>
  new ApiError("The server answered in a form that this page does not know.", {
    code: "strange_answer",
    next: "Load the page again. It may be older than the server.",
    status: response.status,
    requestId: null,
    retryAfter: null,
  });

function errorFrom(response: Response, body: unknown): ApiError {
  if (!isErrorAnswer(body)) return strangeAnswer(response);
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ApiError(body.error_description, {
    code: body.error,
    next: body.next ?? "",
    status: response.status,
    requestId: body.request_id ?? null,
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
  });
}

/** What the pages ask of the server. Every call rejects with {@link ApiError} and with nothing else. */
export interface Api {
  signInOptions(): Promise<SignInOptions>;
  sendCode(email: string): Promise<Challenge>;
  signInByCode(challenge: string, code: string): Promise<User>;
  /** The signed-in person, or null. */
  session(): Promise<User | null>;
  signOut(): Promise<void>;
  consent(handle: string): Promise<Consent>;
  decide(handle: string, allow: boolean): Promise<Decision>;
  grants(): Promise<readonly Grant[]>;
  revokeGrant(id: string): Promise<Revocation>;
  receipts(query: { readonly cursor: string | null; readonly tool: string | null }): Promise<ReceiptPage>;
}

const RECEIPTS_A_PAGE = 25;

const isAnything: Guard<unknown> = (_value): _value is unknown => true;

/** True for an error that says the person is not signed in (any more). */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof ApiError && error.facts.code === "authentication_required";

type Send = (path: string, init: RequestInit) => Promise<Response>;

/** One request with the session cookie; writes are JSON, as the server demands of them. */
function createCall(send: Send) {
  return async function call<T>(method: string, path: string, guard: Guard<T>, body?: unknown): Promise<T> {
    const read: RequestInit = { method, credentials: "same-origin", cache: "no-store" };
    const json = { ...read, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await send(path, body === undefined ? read : json).catch(() => Promise.reject(noAnswer()));
    const answer: unknown = response.status === 204 ? null : await response.json().catch(() => undefined);
    if (!response.ok) throw errorFrom(response, answer);
    if (!guard(answer)) throw strangeAnswer(response);
    return answer;
  };
}

function receiptsPath(query: { readonly cursor: string | null; readonly tool: string | null }): string {
  const parameters = new URLSearchParams({ limit: String(RECEIPTS_A_PAGE) });
  if (query.cursor !== null) parameters.set("cursor", query.cursor);
  if (query.tool !== null) parameters.set("tool", query.tool);
  return `/receipts?${parameters}`;
}

/** @param send `fetch`, or a stand-in. */
export function createApi(send: Send): Api {
  const call = createCall(send);
  return {
    signInOptions: () => call("GET", "/api/sign-in", isSignInOptions),
    sendCode: (email) => call("POST", "/api/sign-in/email", isChallenge, { email }),
    signInByCode: async (challenge, code) =>
      (await call("POST", "/api/sign-in/email/verify", isSession, { challenge, code })).user,
    session: () =>
      call("GET", "/api/session", isSession).then(
        ({ user }) => user,
        (error: unknown) => (isSignedOut(error) ? null : Promise.reject(error)),
      ),
    signOut: async () => {
      await call("DELETE", "/api/session", isAnything);
    },
    consent: (handle) => call("GET", `/api/consent?${new URLSearchParams({ request: handle })}`, isConsent),
    decide: (handle, allow) => call("POST", "/authorize", isDecision, { request: handle, user_consent: allow }),
    grants: async () => (await call("GET", "/api/grants", isGrantList)).grants,
    revokeGrant: (id) => call("DELETE", `/api/grants/${encodeURIComponent(id)}`, isRevocation),
    receipts: (query) => call("GET", receiptsPath(query), isReceiptPage),
  };
}
