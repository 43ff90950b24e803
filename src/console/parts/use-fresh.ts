import { useState } from "react";
import type { Receipt } from "../contract.ts";

const JUST_NOW_MS = 10_000;

/** Whether a call had only just ended when its row appeared: then the row may catch the eye for a moment. */
export function useFresh({ startedAt, latencyMs }: Receipt): boolean {
  const [fresh] = useState(() => Date.now() - Date.parse(startedAt) - latencyMs < JUST_NOW_MS);
  return fresh;
}
