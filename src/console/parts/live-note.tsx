import { useLive } from "../live/use-live.ts";
import { BrokenLinkIcon } from "./icons.tsx";

/** Keeps the page up to date, and says so only when it cannot. */
export function LiveNote() {
  const { line, comeBack } = useLive();
  return (
    <p role="status" className={line === "live" ? "live-note is-calm" : "live-note small"}>
      {line !== "live" && <BrokenLinkIcon small />}
      {line === "lost" && "Not live. It comes back by itself."}
      {line === "elsewhere" && (
        <span>
          Not live: your newer windows are.{" "}
          <button type="button" className="text-button" onClick={comeBack}>
            Follow here
          </button>
        </span>
      )}
    </p>
  );
}
