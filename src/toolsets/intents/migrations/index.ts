import type { Migration } from "../../../database/handle.ts";
import { migration as intents } from "./0005-intents.ts";

export const migrations: readonly Migration[] = [intents];
