import type { Migration } from "../../database/handle.ts";
import { migration as receipts } from "./0003-ledger-receipts.ts";
import { migration as erasures } from "./0015-ledger-erasures.ts";
import { migration as tools } from "./0016-ledger-tools.ts";
import { migration as chain } from "./0020-receipt-chain.ts";
import { migration as operations } from "./0021-ledger-operations.ts";
import { migration as spending } from "./0027-ledger-spending.ts";
import { migration as guard } from "./0029-ledger-guard.ts";

export const migrations: readonly Migration[] = [receipts, erasures, tools, chain, operations, spending, guard];
