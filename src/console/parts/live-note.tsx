import { useLive } from "../live/use-live.ts";
import { BrokenLinkIcon } from "./icons.tsx";

/** Keeps the page up to date, and says so only when it cannot. */
export function LiveNote() {
  const lost = useLive();
  return (
    <p role="status" className={lost ? "live-note small" : "live-note is-calm"}>
      {lost && (
        <>
          <BrokenLinkIcon small />
          Not live. It comes back by itself.
        </>
      )}
    </p>
  );
}
