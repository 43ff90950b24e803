import type { Migration } from "../../../database/handle.ts";
import { migration as demoItems } from "./0004-demo-items.ts";
import { migration as deleted } from "./0028-demo-deleted.ts";

export const migrations: readonly Migration[] = [demoItems, deleted];
