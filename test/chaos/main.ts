/** `npm run chaos -- --rounds N --seed S`, once PostgreSQL is there: half the rounds on each database. */
import { parseArgs } from "node:util";
import { chaos, verdict } from "./rounds.ts";

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
const t = { after: (end: () => unknown): void => void closers.push(end) };
const plan = { seed, log: console.log };
const onPglite = engine === "postgres" ? 0 : engine === "pglite" ? rounds : Math.ceil(rounds / 2);
try {
  const findings = [
    ...(await chaos(t, { ...plan, engine: "pglite", rounds: onPglite })),
    ...(await chaos(t, { ...plan, engine: "postgres", rounds: rounds - onPglite })),
  ];
  process.exitCode = findings.length === 0 ? 0 : 1;
  closers.push(() => console.log(verdict(rounds, findings)));
} finally {
  const [last, ...others] = closers.toReversed();
  for (const close of others) await close();
  await last?.();
}
