import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/browser";
import { type Guard, isListOf, isNumber, isObject, isShape, isText } from "../ui/guards.ts";
import { type Call, addressOf } from "./ask.ts";
import { isProof } from "./contract.ts";
import { isJob, isJobPage } from "./jobs/contract.ts";
import { isAddedBrowser, isNotices, isPasskeyList } from "./settings/contract.ts";
import { isChange, isPause, isSpending } from "./spending/contract.ts";
import { isUsage } from "./usage/contract.ts";
import type { WorkApi } from "./work-api.ts";

const withId = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;

/** Whatever it answers: what is shown is read again. */
const isAnything: Guard<unknown> = (_value): _value is unknown => true;

const isCreation = isShape({
  rp: isShape({ name: isText }),
  user: isShape({ id: isText, name: isText, displayName: isText }),
  challenge: isText,
  pubKeyCredParams: isListOf(isShape({ type: isText, alg: isNumber })),
});

/** What the browser itself reads, and is exact about; only what our own code takes apart is looked at here. */
const isCreationOptions = (value: unknown): value is PublicKeyCredentialCreationOptionsJSON =>
  isObject(value) && isCreation(value);

/** Jobs, usage, limits and the pause. */
const jobsApi = (call: Call) =>
  ({
    jobs: (query) => call("GET", addressOf("/api/tools/jobs", { ...query }), isJobPage),
    job: (id) => call("GET", withId("/api/tools/jobs", id), isJob),
    cancelJob: (id) => call("POST", `${withId("/api/tools/jobs", id)}/cancel`, isProof, {}),
    usage: () => call("GET", "/api/usage", isUsage),
    spending: () => call("GET", "/api/spending", isSpending),
    setCaps: (caps, passkey) => call("PUT", "/api/spending/caps", isChange, { caps, passkey }),
    setRecipientsOnly: (recipientsOnly, passkey) =>
      call("PATCH", "/api/spending", isChange, { recipientsOnly, passkey }),
    addRecipient: (recipient, label, passkey) =>
      call("POST", "/api/spending/recipients", isChange, { recipient, label, passkey }),
    removeRecipient: (recipient) => call("DELETE", withId("/api/spending/recipients", recipient), isChange),
    pause: () => call("GET", "/api/pause", isPause),
    setPaused: (paused, passkey) => call("PUT", "/api/pause", isChange, { paused, passkey }),
  }) satisfies Partial<WorkApi>;

/** See {@link WorkApi}. */
export const createWorkApi = (call: Call): WorkApi => ({
  ...jobsApi(call),
  passkeys: async () => (await call("GET", "/api/passkeys", isPasskeyList)).passkeys,
  passkeyOptions: (passkey) => call("POST", "/api/passkeys/options", isCreationOptions, { passkey }),
  addPasskey: (label, credential) => call("POST", "/api/passkeys", isAnything, { label, credential }),
  renamePasskey: (id, label) => call("PATCH", withId("/api/passkeys", id), isAnything, { label }),
  removePasskey: (id, passkey) => call("DELETE", withId("/api/passkeys", id), isAnything, passkey && { passkey }),
  notices: () => call("GET", "/api/notices", isNotices),
  setEmailNotices: (email, passkey) => call("PATCH", "/api/notices", isAnything, { email, passkey }),
  addBrowser: async (browser) => (await call("POST", "/api/notices/browsers", isAddedBrowser, browser)).id,
  removeBrowser: (id, passkey) =>
    call("DELETE", withId("/api/notices/browsers", id), isAnything, passkey && { passkey }),
  sendTestNotice: () => call("POST", "/api/notices/test", isAnything, {}),
});
