import { peers } from "./peers.ts";
import type { Suite } from "./suite.ts";

const lines = (entries: readonly { readonly name: string; readonly about: string }[]): string =>
  entries.map(({ name, about }) => `  ${name.padEnd(24)}${about}`).join("\n");

/** What `--help` shows. */
export const help = (suites: readonly Suite[]): string => `Measures Bellhop beside others, in turn, on this machine.

Usage
  npm run bench -- [--suite NAME] [--json] [options]

Suites
${lines(suites)}

Options
  --suite NAME            what to measure (calls)
  --json                  one line of JSON a figure, instead of a report
  --rounds N              samples of each server under each load (5)
  --seconds N             length of a sample (4)
  --callers LIST          how many call at once (1,16,50)
  --era ERA               protocol revision: 2026-07-28 or 2025-11-25 (2026-07-28)
  --peers LIST            whom to measure beside ours (raw-fixed,sdk-v2)
  --postgres URL          measure on this PostgreSQL too; DATABASE_URL does the same
  --noisy                 measure even while other programs use the machine
  --install PEER          install a peer that needs packages of its own, and stop
  -h, --help              this text

Peers
${lines(peers)}`;
