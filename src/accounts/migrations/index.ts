import type { Migration } from "../../database/handle.ts";
import { migration as accounts } from "./0001-accounts.ts";

/** The schema of this room, in order. */
export const migrations: readonly Migration[] = [accounts];
