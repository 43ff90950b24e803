import { existsSync, readFileSync } from "node:fs";
import * as z from "zod";

const payment = z.object({ key: z.string(), amount: z.string(), to: z.string() });

/** One effect: `to` names the order, `key` what it was paid under. */
export type Payment = z.output<typeof payment>;

/** What a till has done, in order. A line that was cut off by a crash was not done. */
export const payments = (file: string): readonly Payment[] =>
  (existsSync(file) ? readFileSync(file, "utf8") : "")
    .split("\n")
    .slice(0, -1)
    .map((line) => payment.parse(JSON.parse(line)));
