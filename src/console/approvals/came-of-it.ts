import type { Approval } from "./contract.ts";

/** What stands at the head of the end of a card, and what follows from it. */
export interface CameOfIt {
  readonly sign: "done" | "waiting" | "refused" | "trouble" | "unknown";
  readonly heading: string;
  readonly words: string;
}

const again = ({ clientName }: Approval): string => `If you still want it, ask ${clientName} again.`;

const byRun: Readonly<Record<NonNullable<Approval["run"]>, (approval: Approval) => CameOfIt>> = {
  queued: () => ({
    sign: "waiting",
    heading: "You approved this. It starts in a moment.",
    words: "You can leave this page; it goes on.",
  }),
  running: () => ({
    sign: "waiting",
    heading: "You approved this. It is being done.",
    words: "You can leave this page; it goes on.",
  }),
  completed: () => ({ sign: "done", heading: "You approved this. It is done.", words: "Its receipt proves it." }),
  failed: (approval) => ({
    sign: "trouble",
    heading: "You approved this, but it did not work.",
    words: again(approval),
  }),
  cancelled: (approval) => ({
    sign: "refused",
    heading: "You approved this, and then it was cancelled.",
    words: again(approval),
  }),
  unknown: () => ({
    sign: "unknown",
    heading: "Nobody can tell whether this happened.",
    words:
      "It was begun, and then nothing more was heard of it. It is looked into, and this page says when it is known. Until then, look where it would have happened, such as in your account there, before you ask for it again.",
  }),
};

/** How an approval ended, or how far it is, in the person's words. Only for one that waits no more. */
export function cameOfIt(approval: Approval): CameOfIt {
  const { status, run, clientName } = approval;
  if (status === "approved") return byRun[run ?? "queued"](approval);
  if (status === "rejected")
    return { sign: "refused", heading: "You rejected this.", words: `Nothing was done. ${clientName} was told.` };
  if (status === "expired")
    return {
      sign: "waiting",
      heading: "Its time is over.",
      words: `Nobody decided in time, so nothing was done. ${again(approval)}`,
    };
  return {
    sign: "trouble",
    heading: "This can no longer be decided.",
    words: `Nothing was done. ${again(approval)}`,
  };
}
