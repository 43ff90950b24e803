import * as z from "zod";

/** A browser that asks to be told by push (Push API §8, PushSubscription). */
interface NewBrowser {
  /** The push service's own address for this browser: whoever knows it can try to reach the person. */
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly label: string;
}

/** What the account's actions need of the room that tells people, bound to the call's transaction. */
export interface Notices {
  /** Says whether the person wants mail. */
  choose(userId: string, choice: { readonly email: boolean }): Promise<void>;
  /**
   * Adds a browser, or takes it over from whoever used it before; `full` when the person has as many as anyone may.
   * @throws AppError `invalid_request` for an address that no push service can have.
   */
  addBrowser(userId: string, browser: NewBrowser, now: Date): Promise<{ readonly id: string } | "full">;
  /** False when the person has no browser with this id. */
  removeBrowser(userId: string, id: string, now: Date): Promise<boolean>;
}

/** A key or secret of a push subscription, base64url. */
export const pushKey = z
  .string()
  .regex(/^[\w-]+={0,2}$/, "is not base64url")
  .max(200);

/** The same, of whoever owns the tables: each uses only the handle that it is given. */
export interface NoticeParts<Handle> {
  choose(handle: Handle, ...given: Parameters<Notices["choose"]>): ReturnType<Notices["choose"]>;
  addBrowser(handle: Handle, ...given: Parameters<Notices["addBrowser"]>): ReturnType<Notices["addBrowser"]>;
  removeBrowser(handle: Handle, ...given: Parameters<Notices["removeBrowser"]>): ReturnType<Notices["removeBrowser"]>;
}

export const boundNotices = <Handle>(parts: NoticeParts<Handle>, handle: Handle): Notices => ({
  choose: (...given) => parts.choose(handle, ...given),
  addBrowser: (...given) => parts.addBrowser(handle, ...given),
  removeBrowser: (...given) => parts.removeBrowser(handle, ...given),
});
