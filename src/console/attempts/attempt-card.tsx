import type { ReactNode } from "react";
import type { Attempt, AttemptStep } from "../contract.ts";
import { channelName } from "../parts/channels.ts";
import { CopyText } from "../parts/copy.tsx";
import { DoneIcon, RefusedIcon, RunningIcon, TroubleIcon } from "../parts/icons.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { failureOf, standing, timeline } from "./step-words.ts";

const signs = { working: DoneIcon, linked: DoneIcon, failed: TroubleIcon, open: RunningIcon } as const;

/** How one step went; what failed says why, and what mends it. */
function Entry({ entry }: { readonly entry: AttemptStep }) {
  if (entry.outcome === "ok") {
    return (
      <p className="small quiet">
        <When at={entry.at} form="full" />
        {entry.count > 1 && ` · ${entry.count} times`}
      </p>
    );
  }
  return (
    <div className="attempt-failure">
      <p>
        <strong>
          <Words text={entry.reason ?? "It did not work."} limit={320} />
        </strong>{" "}
        <Words text={entry.fix ?? ""} limit={420} none="" />
      </p>
      <p className="small quiet">
        <When at={entry.at} form="full" />
        {entry.count > 1 && ` · ${entry.count} times`} ·{" "}
        <span className="mono">
          <Words text={entry.code ?? ""} none="no code" />
        </span>
      </p>
      {entry.requestId !== null && (
        <p className="small quiet">
          Request id <CopyText value={entry.requestId} what="request id" />
        </p>
      )}
    </div>
  );
}

function Timeline({ attempt }: { readonly attempt: Attempt }) {
  const { reached, open } = timeline(attempt);
  return (
    <ol className="attempt-steps">
      {reached.map(({ step, words, entries }) => {
        const ok = entries.at(-1)?.outcome === "ok";
        return (
          <li key={step} className={ok ? "is-ok" : "is-failed"}>
            {ok ? <DoneIcon small /> : <RefusedIcon small />}
            <div className="stack is-tight">
              <p>
                {words}
                <span className="is-hidden-to-eyes">{ok ? ": done" : ": failed"}</span>
              </p>
              {entries.map((entry) => (
                <Entry key={`${entry.outcome} ${entry.code}`} entry={entry} />
              ))}
            </div>
          </li>
        );
      })}
      {open.map(({ step, words }) => (
        <li key={step} className="quiet">
          <span className="attempt-dot" />
          <p>
            {words}
            <span className="is-hidden-to-eyes">: not reached</span>
          </p>
        </li>
      ))}
    </ol>
  );
}

function Facts({ attempt }: { readonly attempt: Attempt }) {
  return (
    <dl className="facts small">
      {attempt.redirect !== null && (
        <>
          <dt>Answers to</dt>
          <dd className="mono">
            <Words text={attempt.redirect} limit={220} />
          </dd>
        </>
      )}
      {attempt.channel !== null && (
        <>
          <dt>Channel</dt>
          <dd>
            <Words text={channelName(attempt.channel)} />
          </dd>
        </>
      )}
      {attempt.clientId !== null && (
        <>
          <dt>Client id</dt>
          <dd>
            <CopyText value={attempt.clientId} what="client id" />
          </dd>
        </>
      )}
    </dl>
  );
}

interface AttemptCardProps {
  readonly attempt: Attempt;
  /** Whose it is, where that is not the person who looks. */
  readonly who?: ReactNode;
}

/** One attempt to link: where it stands at once, and every step of it when it is opened. */
export function AttemptCard({ attempt, who }: AttemptCardProps) {
  const failure = failureOf(attempt);
  const Sign = signs[attempt.state];
  return (
    <li>
      <details className="sheet attempt">
        <summary>
          <span
            className={
              attempt.state === "working" || attempt.state === "linked" ? "attempt-sign is-ok" : "attempt-sign"
            }
          >
            <Sign />
          </span>
          <span className="attempt-head">
            <strong>
              <Words text={attempt.clientName ?? attempt.clientId ?? ""} limit={60} none="Somebody who gave no name" />
            </strong>
            <span>{standing(attempt)}</span>
            <span className="small quiet">
              {who !== undefined && <>{who} · </>}
              <When at={attempt.lastAt} form="ago" />
            </span>
            {failure && failure.code !== "access_denied" && (
              <span className="small">
                <Words text={failure.reason ?? ""} limit={200} none="" />
              </span>
            )}
          </span>
        </summary>
        <div className="stack attempt-body">
          <Timeline attempt={attempt} />
          <Facts attempt={attempt} />
          {attempt.folded > 0 && (
            <p className="small quiet">{attempt.folded} more from the same place are only counted.</p>
          )}
        </div>
      </details>
    </li>
  );
}
