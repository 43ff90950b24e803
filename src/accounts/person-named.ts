import type { Handle } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import { isUuid } from "../kernel/ids.ts";
import { emailAddress } from "./email-address.ts";
import { findUserByEmail } from "./records/roles.ts";
import { holdUser } from "./records/subscriptions.ts";

/** Whom a word names, whether or not they are there. */
async function idOf(handle: Handle, named: string): Promise<string | null> {
  if (isUuid(named)) return named;
  const address = emailAddress.safeParse(named);
  if (address.success) return findUserByEmail(handle, address.data);
  throw new AppError("invalid_input", `who: ${named} is neither an email address nor an id`);
}

/**
 * The person whom an operator names: by their id, or by an address that they have proven with a code.
 * @param handle inside a transaction, where something is written of them: they are not erased before it ends.
 * @param baseUrl where people sign in.
 * @throws AppError `invalid_input` for what can name nobody, `not_found`.
 */
export async function personNamed(handle: Handle, named: string, baseUrl: string): Promise<string> {
  const userId = await idOf(handle, named);
  if (userId !== null && (await holdUser(handle, userId))) return userId;
  throw new AppError("not_found", `Nobody has the id ${named}, or signs in with it and a code.`, {
    next: `Name the person by their id, or let them sign in once at ${baseUrl}/app with that address.`,
  });
}
