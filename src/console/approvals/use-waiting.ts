import { useQuery } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import type { ApprovalPage } from "./contract.ts";
import { waitingQuery } from "./approvals-queries.ts";

/** "2 approvals wait for you." */
export function waitingWords(count: number): string {
  if (count === 0) return "Nothing waits for you";
  return count === 1 ? "1 approval waits for you" : `${count} approvals wait for you`;
}

/** What waits for the signed-in person, kept up to date. */
export function useWaiting() {
  const { api } = useParts();
  return useQuery(waitingQuery(api));
}

const countOf = ({ waiting }: ApprovalPage): number => waiting;

/** How much waits, as far as it is known; it asks for nothing by itself, so that any page may name it. */
export function useWaitingCount(): number {
  const { api } = useParts();
  return useQuery({ ...waitingQuery(api), enabled: false, refetchInterval: false, select: countOf }).data ?? 0;
}
