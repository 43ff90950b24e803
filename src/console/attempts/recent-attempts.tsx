import { useQuery } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { linkAttemptsQuery } from "../queries.ts";
import { AttemptCard } from "./attempt-card.tsx";

/** The person's own attempts to link, so that nobody has to guess why one did not work. */
export function RecentAttempts() {
  const { api } = useParts();
  const attempts = useQuery(linkAttemptsQuery(api));
  if (attempts.data?.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="recent-attempts">
      <div>
        <h2 id="recent-attempts">Recent attempts to link</h2>
        <p className="quiet">Open one to see each step of it, and what mends it where it failed.</p>
      </div>
      {attempts.isPending && <Waiting rows={2} height={72} />}
      {attempts.isError && <Trouble error={attempts.error} onRetry={() => void attempts.refetch()} />}
      {attempts.data && (
        <ul className="grants">
          {attempts.data.map((attempt) => (
            <AttemptCard key={attempt.id} attempt={attempt} />
          ))}
        </ul>
      )}
    </section>
  );
}
