import * as z from "zod";

/** What the account's actions need of the room that keeps passkeys, bound to the call's transaction. */
export interface Passkeys {
  /**
   * Stores a credential that our own page has had verified for this person, and nobody else can have made.
   * @throws AppError `passkey_refused` for any other.
   */
  add(
    userId: string,
    given: { readonly credential: string; readonly label: string },
    now: Date,
  ): Promise<{ readonly id: string } | "full" | "taken">;
  /** False when the person has no passkey with this id. */
  rename(userId: string, id: string, label: string): Promise<boolean>;
  /** False when the person has no passkey with this id. */
  remove(userId: string, id: string): Promise<boolean>;
}

/** How a person names a thing of theirs: one line, in which nothing reorders or hides the words beside it. */
export const label = z
  .string()
  .max(80, "is longer than 80 characters")
  .transform((text) => text.replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim())
  .pipe(z.string().min(1, "is empty"));

/** The same, of whoever owns the table: each uses only the handle that it is given. */
export interface PasskeyParts<Handle> {
  add(handle: Handle, ...given: Parameters<Passkeys["add"]>): ReturnType<Passkeys["add"]>;
  rename(handle: Handle, ...given: Parameters<Passkeys["rename"]>): ReturnType<Passkeys["rename"]>;
  remove(handle: Handle, ...given: Parameters<Passkeys["remove"]>): ReturnType<Passkeys["remove"]>;
}

export const boundPasskeys = <Handle>(parts: PasskeyParts<Handle>, handle: Handle): Passkeys => ({
  add: (...given) => parts.add(handle, ...given),
  rename: (...given) => parts.rename(handle, ...given),
  remove: (...given) => parts.remove(handle, ...given),
});
