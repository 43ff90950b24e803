import { Link } from "@tanstack/react-router";
import { askedThrough } from "../parts/channels.ts";
import type { Approval } from "./contract.ts";
import { Said } from "./said.tsx";
import { TimeLeft } from "./time-left.tsx";

interface ShortCardsProps {
  readonly approvals: readonly Approval[];
  /** Runs when a link is followed, such as to close what it is in. */
  readonly onFollow?: () => void;
}

/** Who asks, and through what where that is not the same. */
export function WhoAsks({ clientName, channel }: Pick<Approval, "clientName" | "channel">) {
  const through = askedThrough({ clientName, channel });
  return (
    <>
      <Said text={clientName} limit={60} />
      {through !== null && <> through {through}</>}
    </>
  );
}

/** What waits for the person, in short: what will happen, who asks, until when; each leads to its card. */
export const ShortCards = ({ approvals, onFollow }: ShortCardsProps) => (
  <ul className="short-cards">
    {approvals.map((approval) => (
      <li key={approval.id} className="short-card">
        <Link
          to="/approvals/$id"
          params={{ id: approval.id }}
          className="row-button short-sentence"
          {...(onFollow ? { onClick: onFollow } : {})}
        >
          <Said text={approval.sentence} limit={200} />
        </Link>
        <p className="small quiet short-facts">
          <span>
            <WhoAsks {...approval} />
          </span>
          <TimeLeft until={approval.expiresAt} />
        </p>
      </li>
    ))}
  </ul>
);
