import { useQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useParts } from "../console-parts.ts";
import { focusPage } from "../parts/focus-page.ts";
import { PauseIcon } from "../parts/icons.tsx";
import { useToasts } from "../toasts/toasts.ts";
import { pauseQuery } from "../work-queries.ts";
import { Resume } from "./pause.tsx";
import { useChanges } from "./use-changes.ts";
import type { Make } from "./use-changes.ts";

/** Who cannot lift a pause is told who can. */
const OperatorPause = () => (
  <div className="pause-banner">
    <PauseIcon />
    <p>
      <strong>The operator of this server has paused everything.</strong>{" "}
      <span className="quiet">No assistant can change anything for you, until they resume it.</span>
    </p>
  </div>
);

/** Says on every page that everything is paused, with the way on in reach. */
export function PauseBanner() {
  const { api } = useParts();
  const toasts = useToasts();
  const { make } = useChanges();
  const here = useRouterState({ select: ({ location }) => location.pathname });
  // Where it cannot be read, the page about it says why; a pause holds whether it is shown or not.
  const { data: pause } = useQuery(pauseQuery(api));
  const pausedAt = pause?.pausedAt ?? null;
  const byOperator = (pause?.operatorPausedAt ?? null) !== null;
  const saysItself = here === "/limits";
  const told: Make = async (change, words) => {
    await make(change, words);
    focusPage();
    // Toasts stand outside the router: a plain link leads on.
    toasts.show({
      words: (
        <>
          {words} <a href="/app/receipts">See the receipt</a>
        </>
      ),
    });
  };
  return (
    <div role="status" className="pause-place">
      {byOperator && !saysItself && <OperatorPause />}
      {pausedAt !== null && !byOperator && !saysItself && (
        <div className="pause-banner">
          <PauseIcon />
          <p>
            <strong>Everything is paused.</strong>{" "}
            <span className="quiet">No assistant can change anything for you.</span>
          </p>
          <Resume make={told} to={here} />
        </div>
      )}
    </div>
  );
}
