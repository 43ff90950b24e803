import { Button } from "@mantine/core";
import { ApiError } from "../api.ts";
import { CopyText } from "./copy.tsx";
import { TroubleIcon } from "./icons.tsx";
import { Words } from "./words.tsx";

interface TroubleProps {
  readonly error: Error;
  /** Offered when trying again may help. */
  readonly onRetry?: () => void;
  /** Replaces the server's next step where the page knows a better one. */
  readonly next?: string;
  /** True for what went as it should, such as a pause that holds: nobody has to look into it. */
  readonly isExpected?: boolean;
}

const nextOf = (error: Error): string => (error instanceof ApiError ? error.facts.next : "Load the page again.");

/** What happened, what to do, and the request id to quote. Announced when it appears. */
export function Trouble({ error, onRetry, next, isExpected = false }: TroubleProps) {
  const requestId = error instanceof ApiError ? error.facts.requestId : null;
  return (
    <div className="trouble" role="alert">
      <TroubleIcon />
      <div className="stack is-tight">
        <p>
          <strong>
            <Words text={error.message} limit={400} />
          </strong>{" "}
          <Words text={next ?? nextOf(error)} limit={400} none="" />
        </p>
        {requestId !== null && !isExpected && (
          <p className="small quiet">
            Request id <CopyText value={requestId} what="request id" />
          </p>
        )}
        {onRetry && (
          <div className="actions">
            <Button variant="default" onClick={onRetry}>
              Try again
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
