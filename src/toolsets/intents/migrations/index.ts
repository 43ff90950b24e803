import type { Migration } from "../../../database/handle.ts";
import { migration as intents } from "./0005-intents.ts";
import { migration as context } from "./0009-intents-context.ts";

export const migrations: readonly Migration[] = [intents, context];
