import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Lasting, temporaryDirectory, until } from "../bellhop.ts";
import { type Payment, payments } from "./till-book.ts";

/** The counterpart, as the chaos sees it. */
export interface Till {
  readonly url: string;
  /** What it has done so far. */
  payments(): readonly Payment[];
  /** Whether it answers at once those who ask what it has done. */
  answers(does: boolean): Promise<void>;
}

/** Starts a till; it is killed at the end. */
export async function openTill(t: Lasting, seed: number): Promise<Till> {
  const file = join(temporaryDirectory(t), "payments.jsonl");
  const child = spawn(process.execPath, [join(import.meta.dirname, "till.ts")], {
    env: { PATH: process.env["PATH"] ?? "", TILL_FILE: file, TILL_SEED: String(seed) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const url = await until("the till to open", () => /at (http:\S+)/.exec(said)?.[1]);
  return {
    url,
    payments: () => payments(file),
    async answers(does) {
      await fetch(`${url}/mood`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ answers: does }),
      });
    },
  };
}
