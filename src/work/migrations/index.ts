import type { Migration } from "../../database/handle.ts";
import { migration as jobs } from "./0022-work-jobs.ts";
import { migration as turnsAndSeals } from "./0028-work-turns-and-seals.ts";
import { migration as outboxMedia } from "./0031-work-outbox-media.ts";

export const migrations: readonly Migration[] = [jobs, turnsAndSeals, outboxMedia];
