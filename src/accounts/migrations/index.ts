import type { Migration } from "../../database/handle.ts";
import { migration as accounts } from "./0001-accounts.ts";
import { migration as profile } from "./0008-accounts-profile.ts";
import { migration as upstream } from "./0012-upstream.ts";
import { migration as roles } from "./0013-accounts-roles.ts";
import { migration as tiers } from "./0023-accounts-tiers.ts";
import { migration as passkeys } from "./0025-accounts-passkeys.ts";
import { migration as notices } from "./0026-accounts-notices.ts";
import { migration as removedBrowsers } from "./0032-accounts-removed-browsers.ts";

/** The schema of this room, in order. */
export const migrations: readonly Migration[] = [
  accounts,
  profile,
  upstream,
  roles,
  tiers,
  passkeys,
  notices,
  removedBrowsers,
];
