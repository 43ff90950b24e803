import { migrations } from "../../src/ledger/migrations/index.ts";
import { usersTable } from "../toolsets/door.ts";

/** The tables of the ledger, and all that it may know of people. */
export const ledgerTables = [usersTable, ...migrations];
