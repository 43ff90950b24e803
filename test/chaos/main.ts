/** `npm run chaos -- --rounds N --seed S`, once PostgreSQL is there: half the rounds on each database. */
import { parseArgs } from "node:util";
import { chaos } from "./rounds.ts";
import { verdict } from "./verdict.ts";

const {
  rounds: given,
  seed: chosen,
  engine,
} = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    engine: { type: "string" },
  },
}).values;
const [rounds, seed] = [Number(given), Number(chosen)];
if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error(`--rounds must be a whole number, not ${given}.`);
if (!Number.isSafeInteger(seed)) throw new Error(`--seed must be a whole number, not ${chosen}.`);

const closers: (() => unknown)[] = [];
const t = { after: (close: () => unknown): void => void closers.push(close) };

/** Ends every server and till, the newest first; one that cannot be ended keeps no other from it. */
async function end(): Promise<void> {
  for (const close of closers.splice(0).toReversed()) {
    try {
      await close();
    } catch (error) {
      console.error(error);
    }
  }
}
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void end().then(() => process.exit(1)));

const plan = { seed, log: console.log };
const onPglite = engine === "postgres" ? 0 : engine === "pglite" ? rounds : Math.ceil(rounds / 2);
try {
  const findings = [
    ...(await chaos(t, { ...plan, engine: "pglite", rounds: onPglite })),
    ...(await chaos(t, { ...plan, engine: "postgres", rounds: rounds - onPglite })),
  ];
  await end();
  const { line, status } = verdict(rounds, findings);
  process.exitCode = status;
  console.log(line);
} finally {
  await end();
}
