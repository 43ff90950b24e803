import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from "@simplewebauthn/browser";
import type { PasskeyAnswer, Proof } from "./contract.ts";
import type { BrowserToTell } from "./notices/push-browser.ts";
import type { Job, JobPage, JobStatus } from "./jobs/contract.ts";
import type { Notices, Passkey } from "./settings/contract.ts";
import type { Cap, Change, Pause, Spending } from "./spending/contract.ts";
import type { Usage } from "./usage/contract.ts";

/** Which jobs to show; what is absent does not matter. */
export interface JobFilter {
  readonly status?: JobStatus | undefined;
}

/** A cap as the person sets it; null is none. */
export interface NewCap extends Pick<Cap, "asset" | "perTransaction"> {
  readonly rolling: { readonly amount: string; readonly hours: number } | null;
}

/** What the pages ask of the server about work, limits, and how the person is told. */
export interface WorkApi {
  jobs(query: JobFilter & { readonly cursor: string | null }): Promise<JobPage>;
  job(id: string): Promise<Job>;
  cancelJob(id: string): Promise<Proof>;
  usage(): Promise<Usage>;
  spending(): Promise<Spending>;
  /** Sets all caps; those that are absent end. @param passkey here and below: proves that the person is there, where that is asked. */
  setCaps(caps: readonly NewCap[], passkey?: PasskeyAnswer): Promise<Change>;
  setRecipientsOnly(recipientsOnly: boolean, passkey?: PasskeyAnswer): Promise<Change>;
  addRecipient(recipient: string, label: string, passkey?: PasskeyAnswer): Promise<Change>;
  removeRecipient(recipient: string): Promise<Change>;
  pause(): Promise<Pause>;
  setPaused(paused: boolean, passkey?: PasskeyAnswer): Promise<Change>;
  passkeys(): Promise<readonly Passkey[]>;
  /** What the browser makes a passkey from. */
  passkeyOptions(passkey?: PasskeyAnswer): Promise<PublicKeyCredentialCreationOptionsJSON>;
  addPasskey(label: string, credential: RegistrationResponseJSON): Promise<unknown>;
  renamePasskey(id: string, label: string): Promise<unknown>;
  removePasskey(id: string, passkey?: PasskeyAnswer): Promise<unknown>;
  notices(): Promise<Notices>;
  setEmailNotices(email: boolean, passkey?: PasskeyAnswer): Promise<unknown>;
  /** @returns the id under which the server knows it. */
  addBrowser(browser: BrowserToTell): Promise<string>;
  removeBrowser(id: string, passkey?: PasskeyAnswer): Promise<unknown>;
  sendTestNotice(): Promise<unknown>;
}
