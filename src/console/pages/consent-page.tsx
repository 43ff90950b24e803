import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../api.ts";
import { useParts } from "../console-parts.ts";
import type { Consent } from "../contract.ts";
import { ConsentDone, type Decided } from "../parts/consent-done.tsx";
import { ConsentQuestion } from "../parts/consent-question.tsx";
import { Destination } from "../parts/destination.tsx";
import { TaskFrame } from "../parts/frame.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { RenewForm, SignInForm } from "../parts/sign-in-form.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { consentQuery, endSession, sessionQuery } from "../queries.ts";

const startAgain = "Go back to the app that you came from and link again from there.";

const noRequest = (): ApiError =>
  new ApiError("This address names no request.", {
    code: "no_request",
    next: startAgain,
    status: 400,
    requestId: null,
    retryAfter: null,
  });

/** A request that has expired, was used, or belongs to another browser cannot be mended here; a stumble of ours can. */
const isFinal = (error: Error): boolean =>
  error instanceof ApiError && error.facts.status >= 400 && error.facts.status < 500 && error.facts.retryAfter === null;

/** Switched off by whoever runs the server: starting again does not help. */
const isSwitchedOff = (error: Error): boolean =>
  error instanceof ApiError && ["channel_disabled", "account_disabled", "client_disabled"].includes(error.facts.code);

function SwitchedOff({ error }: { readonly error: Error }) {
  return (
    <div className="stack">
      <PageHeading title="This cannot be linked here" />
      <Trouble error={error} />
      <p className="quiet">Nothing was linked. You can close this page.</p>
    </div>
  );
}

function ConsentTrouble({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  if (isSwitchedOff(error)) return <SwitchedOff error={error} />;
  const final = isFinal(error);
  return (
    <div className="stack">
      <PageHeading title={final ? "This request cannot be used" : "The request could not be read"} />
      {final ? <Trouble error={error} next={startAgain} /> : <Trouble error={error} onRetry={onRetry} />}
      {final && <p className="quiet">Nothing was linked.</p>}
    </div>
  );
}

interface StepProps {
  readonly consent: Consent;
  readonly handle: string;
  readonly onSignedIn: () => void;
}

/** Who asks, for a person who is yet to sign in. */
function SignInFirst({ consent, handle, onSignedIn }: StepProps) {
  return (
    <div className="stack is-wide">
      <div className="stack">
        <PageHeading title={`Sign in to link ${consent.client.name}`} />
        <p className="quiet">Then you see what it asks for, and decide. Nothing is linked yet.</p>
        <Destination consent={consent} quiet />
      </div>
      <SignInForm focusFirst={false} back={{ request: handle, channel: consent.channel }} onSignedIn={onSignedIn} />
    </div>
  );
}

/** Tools act for the person at a provider, and that sign-in has ended: only the person can renew it. */
function SignInAgain({ consent, handle, onSignedIn, renew }: StepProps & { readonly renew: readonly string[] }) {
  return (
    <div className="stack is-wide">
      <div className="stack">
        <PageHeading title="Sign in there once more" />
        <p className="quiet">
          What you link acts for you at a provider whose sign-in has ended. Renew it first, so that it works again.
        </p>
      </div>
      <RenewForm back={{ request: handle, channel: consent.channel }} providers={renew} onRenewed={onSignedIn} />
      <div>
        <button type="button" className="text-button" onClick={onSignedIn}>
          Go on without it
        </button>
      </div>
    </div>
  );
}

function Request({ handle, onDecided }: { readonly handle: string; readonly onDecided: (decided: Decided) => void }) {
  const { api } = useParts();
  const queries = useQueryClient();
  const query = consentQuery(api, handle);
  const consent = useQuery(query);
  const session = useQuery({ ...sessionQuery(api), enabled: consent.data !== undefined && consent.data.user !== null });
  const [renewed, setRenewed] = useState(false);
  const again = (): void => void queries.resetQueries({ queryKey: query.queryKey });
  if (consent.isPending) return <Waiting rows={3} height={96} />;
  if (consent.isError) return <ConsentTrouble error={consent.error} onRetry={again} />;
  if (consent.data.user === null) return <SignInFirst consent={consent.data} handle={handle} onSignedIn={again} />;
  if (session.isPending) return <Waiting rows={3} height={96} />;
  const renew = session.data?.renew ?? [];
  if (renew.length > 0 && !renewed) {
    const goOn = (): void => {
      setRenewed(true);
      again();
    };
    return <SignInAgain consent={consent.data} handle={handle} renew={renew} onSignedIn={goOn} />;
  }
  const changePerson = (): void => {
    endSession(queries);
    again();
  };
  return (
    <ConsentQuestion
      handle={handle}
      consent={consent.data}
      person={consent.data.user.label}
      onDecided={onDecided}
      onChangePerson={changePerson}
      onStale={again}
    />
  );
}

/** The question on which everything else stands: may this client act for you? */
export function ConsentPage() {
  const { request } = useSearch({ from: "/consent" });
  const [decided, setDecided] = useState<Decided | null>(null);
  return (
    <TaskFrame>
      {decided && <ConsentDone decided={decided} />}
      {!decided && request === "" && <ConsentTrouble error={noRequest()} onRetry={() => {}} />}
      {!decided && request !== "" && <Request handle={request} onDecided={setDecided} />}
    </TaskFrame>
  );
}
