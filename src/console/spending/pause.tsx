import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useParts } from "../console-parts.ts";
import type { PasskeyAnswer } from "../contract.ts";
import { CheckIcon, CloseIcon, PauseIcon } from "../parts/icons.tsx";
import { QuestionDialog } from "../parts/question.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { When } from "../parts/when.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { pauseQuery } from "../work-queries.ts";
import type { Make } from "./use-changes.ts";

const stops = [
  "Every change and every payment by an assistant, from now on",
  "What you approved that has not begun",
  "Approving anything else, until you resume",
] as const;

const leaves = [
  "What has begun, such as a payment on its way",
  "Reading what you let assistants read: revoke a link to end that",
  "You, on these pages",
] as const;

const Effects = () => (
  <div className="pause-effects">
    <div>
      <h3 className="job-title">It stops</h3>
      <ul className="ticks">
        {stops.map((words) => (
          <li key={words}>
            <CheckIcon small />
            {words}
          </li>
        ))}
      </ul>
    </div>
    <div>
      <h3 className="job-title">It does not stop</h3>
      <ul className="ticks">
        {leaves.map((words) => (
          <li key={words}>
            <CloseIcon small />
            {words}
          </li>
        ))}
      </ul>
    </div>
  </div>
);

/** The one press that stops everything. It does not ask first: in need, a question costs time, and it can be undone. */
function PauseNow({ make }: { readonly make: Make }) {
  const { api } = useParts();
  const pause = useMutation({ mutationFn: () => make(() => api.setPaused(true), "Everything is paused.") });
  return (
    <>
      <Effects />
      {pause.isError && <Trouble error={pause.error} />}
      <div className="actions">
        <WorkButton working={pause.isPending} onClick={() => pause.mutate()} leftSection={<PauseIcon small />}>
          Pause everything
        </WorkButton>
      </div>
    </>
  );
}

interface ResumeProps {
  readonly make: Make;
  /** The page that it stands on. */
  readonly to: string;
  /** True while the operator's pause holds as well: then ending one's own lets nothing go on. */
  readonly stillPaused?: boolean;
}

const wordsWhile = (stillPaused: boolean) =>
  stillPaused
    ? {
        about:
          "This ends your own pause alone. The operator's holds, so assistants change nothing for you until it ends.",
        done: "Your own pause has ended; the operator's holds.",
      }
    : {
        about: "From their next call on, assistants may change things for you again, within what you allowed them.",
        done: "Assistants may act for you again.",
      };

/** Ends the pause, after its question. */
export function Resume({ make, to, stillPaused = false }: ResumeProps) {
  const { api } = useParts();
  const [asking, setAsking] = useState(false);
  const { about, done } = wordsWhile(stillPaused);
  const question = {
    title: "Resume?",
    about,
    keep: "Stay paused",
    confirm: "Resume",
    act: (passkey?: PasskeyAnswer) => make(() => api.setPaused(false, passkey), done),
  };
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        Resume
      </Button>
      <QuestionDialog question={asking ? question : null} to={to} onClose={() => setAsking(false)} />
    </>
  );
}

/** Stopping everything at once, and going on. */
export function PauseEverything({ make }: { readonly make: Make }) {
  const { api } = useParts();
  const pause = useQuery(pauseQuery(api));
  if (pause.isPending) return <Waiting rows={1} height={200} />;
  if (pause.isError && !pause.data) return <Trouble error={pause.error} onRetry={() => void pause.refetch()} />;
  const operatorPausedAt = pause.data?.operatorPausedAt ?? null;
  return (
    <>
      {operatorPausedAt !== null && <ByOperator since={operatorPausedAt} />}
      <PauseSection make={make} pausedAt={pause.data?.pausedAt ?? null} stillPaused={operatorPausedAt !== null} />
    </>
  );
}

/** What the person cannot lift. Their own pause stands beside it: it is theirs to press, and theirs to end. */
const ByOperator = ({ since }: { readonly since: string }) => (
  <section className="sheet stack is-tight" aria-labelledby="paused-by-operator">
    <h2 id="paused-by-operator">The operator has paused everything</h2>
    <p>
      Since <When at={since} form="full" />, no assistant can change or pay anything for you. Only whoever runs this
      server can lift it: ask them. Your own pause, below, is another one.
    </p>
  </section>
);

interface PauseSectionProps extends Pick<ResumeProps, "make" | "stillPaused"> {
  readonly pausedAt: string | null;
}

/** The heading takes the focus when it changes: the button that was pressed has gone. */
function PauseSection({ make, pausedAt, stillPaused = false }: PauseSectionProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(pausedAt);
  useEffect(() => {
    if (shown.current !== pausedAt) heading.current?.focus();
    shown.current = pausedAt;
  }, [pausedAt]);
  return (
    <section className="sheet stack" aria-labelledby="pause">
      <h2 id="pause" ref={heading} tabIndex={-1}>
        {pausedAt === null ? "Pause your assistants" : "Everything is paused"}
      </h2>
      {pausedAt === null ? (
        <PauseNow make={make} />
      ) : (
        <div className="line">
          <p>
            Since <When at={pausedAt} form="full" />, no assistant can change or pay anything for you. What only reads
            goes on.
          </p>
          <Resume make={make} to="/limits" stillPaused={stillPaused} />
        </div>
      )}
    </section>
  );
}
