import type { Guard } from "../ui/guards.ts";
import { createAdminApi } from "./admin/create-admin-api.ts";
import { type Api, isSignedOut } from "./api.ts";
import { createApprovalsApi } from "./approvals/create-approvals-api.ts";
import { type Call, type Send, addressOf, createAsk, createCall, downloaded } from "./ask.ts";
import {
  isAttemptList,
  isChallenge,
  isConsent,
  isConsentRedirect,
  isDeparture,
  isGrantList,
  isIdentityAnswer,
  isIntentChange,
  isIntentPage,
  isProof,
  isReceiptPage,
  isSession,
  isSignInOptions,
  isUsedTools,
} from "./contract.ts";
import { createWorkApi } from "./create-work-api.ts";
import { isKeySet, isReceiptProof } from "./receipts/verify-proof.ts";

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
  | "signInByToken"
  | "signInByRedirect"
  | "session"
  | "signOut"
  | "signOutEverywhere"
  | "rename"
  | "addByCode"
  | "addByToken"
  | "addByRedirect"
  | "removeIdentity"
  | "deleteAccount"
>;

const accountApi = (call: Call): AccountApi => ({
  signInOptions: () => call("GET", "/api/sign-in", isSignInOptions),
  sendCode: ({ provider, human, ...rest }) =>
    call(
      "POST",
      provider === "email" ? "/api/sign-in/email" : `${withId("/api/sign-in", provider)}/code`,
      isChallenge,
      {
        ...rest,
        ...(human === null ? {} : { human }),
      },
    ),
  signInByCode: async ({ provider, ...proof }) =>
    (await call("POST", `${withId("/api/sign-in", provider)}/verify`, isSession, proof)).user,
  signInByToken: async (provider, token) =>
    (await call("POST", withId("/api/sign-in", provider), isSession, { token })).user,
  signInByRedirect: async (door, back) =>
    (await call("POST", "/api/sign-in/redirect", isDeparture, { door, ...back })).location,
  session: () =>
    call("GET", "/api/session", isSession).then(
      ({ user }) => user,
      (error: unknown) => (isSignedOut(error) ? null : Promise.reject(error)),
    ),
  signOut: () => call("DELETE", "/api/session", isNothing),
  signOutEverywhere: (links) => call("POST", "/api/sign-out-everywhere", isNothing, { links }),
  rename: async (displayName) => (await call("PATCH", "/api/profile", isSession, { displayName })).user,
  addByCode: async ({ provider, ...proof }) =>
    (await call("POST", `${withId("/api/identities", provider)}/verify`, isIdentityAnswer, proof)).identity,
  addByToken: async (provider, token) =>
    (await call("POST", withId("/api/identities", provider), isIdentityAnswer, { token })).identity,
  addByRedirect: async (door, back = {}) =>
    (await call("POST", "/api/identities/redirect", isDeparture, { door, ...back })).location,
  removeIdentity: (id, passkey) => call("DELETE", withId("/api/identities", id), isNothing, passkey && { passkey }),
  deleteAccount: (confirm, passkey) => call("DELETE", "/api/account", isNothing, { confirm, passkey }),
});

/** @param send `fetch`, or a stand-in. */
export function createApi(send: Send): Api {
  const ask = createAsk(send);
  const call = createCall(ask);
  return {
    ...accountApi(call),
    ...createWorkApi(call),
    exportData: async () => downloaded(await ask("GET", "/api/export")),
    consent: (handle) => call("GET", addressOf("/api/consent", { request: handle }), isConsent),
    decide: (handle, allow, person) =>
      call("POST", "/authorize", isConsentRedirect, { request: handle, user_consent: allow, person }),
    grants: async () => (await call("GET", "/api/grants", isGrantList)).grants,
    revokeGrant: (id) => call("DELETE", withId("/api/grants", id), isProof),
    narrowGrant: (id, scopes) => call("PATCH", withId("/api/grants", id), isProof, { scopes }),
    linkAttempts: async () => (await call("GET", "/api/link-attempts", isAttemptList)).attempts,
    admin: createAdminApi(call),
    approvals: createApprovalsApi(call),
    receipts: (query) => call("GET", addressOf("/receipts", { ...query, limit: String(A_PAGE) }), isReceiptPage),
    usedTools: async () => (await call("GET", "/api/used-tools", isUsedTools)).tools,
    receiptProof: async (id) => {
      const proof = await call("GET", `${withId("/api/receipts", id)}/proof`, isReceiptProof);
      // Fetched on their own, as anybody may: keys that came with the proof would prove nothing.
      const { keys } = await call("GET", "/.well-known/bellhop-receipts.json", isKeySet);
      return { proof, keys };
    },
    exportReceipts: async () => downloaded(await ask("GET", "/api/receipts/export")),
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
