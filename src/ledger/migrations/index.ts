import type { Migration } from "../../database/handle.ts";
import { migration as receipts } from "./0003-ledger-receipts.ts";
import { migration as erasures } from "./0015-ledger-erasures.ts";

export const migrations: readonly Migration[] = [receipts, erasures];
