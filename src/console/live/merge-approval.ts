import type { InfiniteData } from "@tanstack/react-query";
import type { Approval, ApprovalPage } from "../approvals/contract.ts";

/** Approvals as they were read so far, page by page. */
export type ReadApprovals = InfiniteData<ApprovalPage, string | null>;

const isHere = ({ approvals }: ApprovalPage, { id }: Approval): boolean => approvals.some((one) => one.id === id);

const without = ({ approvals }: ApprovalPage, { id }: Approval): readonly Approval[] =>
  approvals.filter((one) => one.id !== id);

/**
 * Puts an approval that arrived by itself among those that wait: a new one on top, one that was decided out of it.
 * The count moves only by what is known; of one beyond the page that was read, the server says how many are left.
 */
export function mergeWaiting(page: ApprovalPage, approval: Approval): ApprovalPage {
  const here = isHere(page, approval);
  if (approval.status === "pending") {
    const approvals = here
      ? page.approvals.map((one) => (one.id === approval.id ? approval : one))
      : [approval, ...page.approvals];
    return { ...page, approvals, waiting: page.waiting + (here ? 0 : 1) };
  }
  return here ? { ...page, approvals: without(page, approval), waiting: Math.max(0, page.waiting - 1) } : page;
}

/** Puts an approval that arrived by itself in its place among all that were read; a new one comes on top. */
export function mergeApproval(read: ReadApprovals, approval: Approval): ReadApprovals {
  if (read.pages.some((page) => isHere(page, approval))) {
    const replaced = (one: Approval): Approval => (one.id === approval.id ? approval : one);
    return { ...read, pages: read.pages.map((page) => ({ ...page, approvals: page.approvals.map(replaced) })) };
  }
  if (approval.status !== "pending") return read;
  const [first, ...rest] = read.pages;
  return first ? { ...read, pages: [{ ...first, approvals: [approval, ...first.approvals] }, ...rest] } : read;
}
