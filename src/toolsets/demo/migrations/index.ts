import type { Migration } from "../../../database/handle.ts";
import { migration as demoItems } from "./0004-demo-items.ts";

export const migrations: readonly Migration[] = [demoItems];
