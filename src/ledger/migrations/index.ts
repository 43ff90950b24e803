import type { Migration } from "../../database/handle.ts";
import { migration as receipts } from "./0003-ledger-receipts.ts";

export const migrations: readonly Migration[] = [receipts];
