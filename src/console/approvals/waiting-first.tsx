import { Link } from "@tanstack/react-router";
import { ShortCards } from "./short-card.tsx";
import { useWaiting, waitingWords } from "./use-waiting.ts";

/** Cards on the first page; the others are on their own. */
const AT_MOST = 3;

/** What waits for the person, before anything else. Nothing at all where nothing waits; the bell says when it cannot be read. */
export function WaitingFirst() {
  const { data } = useWaiting();
  if (!data || data.waiting === 0) return null;
  const more = data.waiting - AT_MOST;
  return (
    <section className="stack is-tight waiting-first" aria-labelledby="waiting-first">
      <h2 id="waiting-first">{waitingWords(data.waiting)}</h2>
      <ShortCards approvals={data.approvals.slice(0, AT_MOST)} />
      <p className="small">
        <Link to="/approvals">{more > 0 ? `See ${more} more` : "All approvals"}</Link>
      </p>
    </section>
  );
}
