import type { Guard } from "../ui/guards.ts";
import { type Api, isSignedOut } from "./api.ts";
import { type Call, type Send, addressOf, createAsk, createCall, downloaded } from "./ask.ts";
import {
  isChallenge,
  isConsent,
  isDecision,
  isGrantList,
  isIdentityAnswer,
  isIntentChange,
  isIntentPage,
  isProof,
  isReceiptPage,
  isSession,
  isSignInOptions,
} from "./contract.ts";

/** Receipts or intents that are read at a time. */
const A_PAGE = 25;

/** 204 (RFC 9110 §15.3.5). */
const isNothing: Guard<null> = (value): value is null => value === null;

const withId = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;

type AccountApi = Pick<
  Api,
  | "signInOptions"
  | "sendCode"
  | "signInByCode"
  | "session"
  | "signOut"
  | "signOutEverywhere"
  | "rename"
  | "addEmail"
  | "removeIdentity"
  | "deleteAccount"
>;

const accountApi = (call: Call): AccountApi => ({
  signInOptions: () => call("GET", "/api/sign-in", isSignInOptions),
  sendCode: (email) => call("POST", "/api/sign-in/email", isChallenge, { email }),
  signInByCode: async (challenge, code) =>
    (await call("POST", "/api/sign-in/email/verify", isSession, { challenge, code })).user,
  session: () =>
    call("GET", "/api/session", isSession).then(
      ({ user }) => user,
      (error: unknown) => (isSignedOut(error) ? null : Promise.reject(error)),
    ),
  signOut: () => call("DELETE", "/api/session", isNothing),
  signOutEverywhere: () => call("POST", "/api/sign-out-everywhere", isNothing, {}),
  rename: async (displayName) => (await call("PATCH", "/api/profile", isSession, { displayName })).user,
  addEmail: async (challenge, code) =>
    (await call("POST", "/api/identities/email/verify", isIdentityAnswer, { challenge, code })).identity,
  removeIdentity: (id) => call("DELETE", withId("/api/identities", id), isNothing),
  deleteAccount: (confirm) => call("DELETE", "/api/account", isNothing, { confirm }),
});

/** @param send `fetch`, or a stand-in. */
export function createApi(send: Send): Api {
  const ask = createAsk(send);
  const call = createCall(ask);
  return {
    ...accountApi(call),
    exportData: async () => downloaded(await ask("GET", "/api/export")),
    consent: (handle) => call("GET", addressOf("/api/consent", { request: handle }), isConsent),
    decide: (handle, allow, person) =>
      call("POST", "/authorize", isDecision, { request: handle, user_consent: allow, person }),
    grants: async () => (await call("GET", "/api/grants", isGrantList)).grants,
    revokeGrant: (id) => call("DELETE", withId("/api/grants", id), isProof),
    receipts: (query) => call("GET", addressOf("/receipts", { ...query, limit: String(A_PAGE) }), isReceiptPage),
    intents: ({ archived, ...query }) =>
      call(
        "GET",
        addressOf("/api/intents", { ...query, archived: String(archived), limit: String(A_PAGE) }),
        isIntentPage,
      ),
    editIntent: async (id, words) => (await call("PATCH", withId("/api/intents", id), isIntentChange, words)).intent,
    archiveIntent: (id) => call("DELETE", withId("/api/intents", id), isProof),
    restoreIntent: (id) => call("POST", `${withId("/api/intents", id)}/restore`, isProof, {}),
  };
}
