import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Api } from "../api.ts";
import type { Approval } from "./contract.ts";

/** Lists of approvals, by what they hold. `live/` merges what happens into all of them. */
export const APPROVALS = "approvals";
/** One approval, by its id. */
export const APPROVAL = "approval";

/** The first page has no cursor. */
const newest = (): string | null => null;

/** One whose time is over stands as the server says; it may be a moment behind our clock. */
const AGAIN_MS = 5000;
/** The longest time that a browser's timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Milliseconds until the first of these has had its time, so that it is read again then; false when none waits.
 * @param now milliseconds since 1970.
 */
export function untilNextEnd(approvals: readonly Pick<Approval, "status" | "expiresAt">[], now: number) {
  const ends = approvals.filter(({ status }) => status === "pending").map(({ expiresAt }) => Date.parse(expiresAt));
  if (ends.length === 0) return false;
  const left = Math.min(...ends) - now;
  return left < 0 ? AGAIN_MS : Math.min(left + 500, LONGEST_MS);
}

/** What waits for the person, and how much that is in all. */
export const waitingQuery = (api: Api) =>
  queryOptions({
    queryKey: [APPROVALS, "pending"],
    queryFn: () => api.approvals.list({ status: "pending", cursor: null }),
    // The count is on every page: what could not be read is asked for again by itself.
    refetchInterval: ({ state: { data, status } }) =>
      status === "error" ? AGAIN_MS : untilNextEnd(data?.approvals ?? [], Date.now()),
  });

/** Everything that the person was ever asked, page by page. */
export const approvalsQuery = (api: Api) =>
  infiniteQueryOptions({
    queryKey: [APPROVALS, "all"],
    queryFn: ({ pageParam }) => api.approvals.list({ status: "all", cursor: pageParam }),
    initialPageParam: newest(),
    getNextPageParam: (page) => page.next,
  });

/** While something is done, it is asked for now and then, too: the line to the server may be another window's. */
const WATCH_MS = 4000;

/** True while what was approved has not come to its end. */
export const goesOn = ({ status, run }: Pick<Approval, "status" | "run">): boolean =>
  status === "approved" && (run === null || run === "queued" || run === "running");

/** One approval with its exact arguments. */
export const approvalQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: [APPROVAL, id],
    queryFn: () => api.approvals.one(id),
    refetchInterval: ({ state: { data } }) =>
      data && goesOn(data) ? WATCH_MS : untilNextEnd(data ? [data] : [], Date.now()),
  });

/** The work that an approval led to: the job of the same id. Other pages that show jobs share this key. */
export const jobQuery = (api: Api, id: string) =>
  queryOptions({ queryKey: ["job", id], queryFn: () => api.approvals.job(id) });

/** The receipt of the same id. */
export const receiptOfQuery = (api: Api, id: string) =>
  queryOptions({ queryKey: ["receipt", id], queryFn: () => api.approvals.receipt(id) });
