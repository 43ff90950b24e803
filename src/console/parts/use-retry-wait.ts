import type { UseMutationResult } from "@tanstack/react-query";
import { ApiError } from "../api.ts";
import { useCountdown } from "./use-countdown.ts";

/** Seconds until the server takes the same request again after it refused it as too early; else 0. */
export function useRetryWait(request: Pick<UseMutationResult<unknown, Error, never>, "error" | "submittedAt">): number {
  const { error, submittedAt } = request;
  const seconds = error instanceof ApiError ? error.facts.retryAfter : null;
  return useCountdown(seconds === null ? 0 : submittedAt + seconds * 1000);
}
