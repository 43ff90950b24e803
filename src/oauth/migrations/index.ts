import type { Migration } from "../../database/handle.ts";
import { migration as oauth } from "./0002-oauth.ts";

/** This room's schema, step by step. */
export const migrations: readonly Migration[] = [oauth];
