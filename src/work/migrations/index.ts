import type { Migration } from "../../database/handle.ts";
import { migration as jobs } from "./0022-work-jobs.ts";

export const migrations: readonly Migration[] = [jobs];
