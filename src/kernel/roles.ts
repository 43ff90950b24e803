import { AppError } from "./errors.ts";
import type { Principal } from "./principal.ts";

/** What a person may do beyond their own account. It stands in our own tables alone: no token and no metadata gives it. */
export type Role = "admin";

/** The roles that a person has now. */
export type RolesOf = (userId: string) => Promise<ReadonlySet<Role>>;

/**
 * Decides whether the person may use a tool that asks for a role. The database is asked at each call, so that a role that
 * was taken away is gone at once.
 * @throws AppError `role_required`.
 */
export async function requireRole(
  tool: { readonly role?: Role; readonly title: string },
  { userId }: Pick<Principal, "userId">,
  rolesOf: RolesOf,
): Promise<void> {
  if (tool.role === undefined || (await rolesOf(userId)).has(tool.role)) return;
  throw new AppError("role_required", `${tool.title} is for administrators of this server.`);
}
