/** The oracle as a program of its own, so that it can be measured: PORT, and DATABASE_URL or ORACLE_DIRECTORY. */
import { openPGlite } from "../../src/database/pglite.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { startOracle } from "./oracle.ts";

const { PORT = "", DATABASE_URL, ORACLE_DIRECTORY } = process.env;
const database = DATABASE_URL
  ? await openPostgres({ url: DATABASE_URL, report: (error) => console.error(error.message) })
  : await openPGlite({ clock: () => new Date(), ...(ORACLE_DIRECTORY ? { directory: ORACLE_DIRECTORY } : {}) });
const oracle = await startOracle(database, Number(PORT), () => "http://127.0.0.1:9/");
process.once("SIGTERM", () => void oracle.close());
