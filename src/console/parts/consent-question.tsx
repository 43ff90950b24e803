import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import { ApiError, isSignedOut } from "../api.ts";
import { useParts } from "../console-parts.ts";
import type { Consent, ConsentRedirect } from "../contract.ts";
import { isSafeRedirect } from "../redirect.ts";
import type { Decided } from "./consent-done.tsx";
import { Destination } from "./destination.tsx";
import { CheckIcon } from "./icons.tsx";
import { PageHeading } from "./page-heading.tsx";
import { Trouble } from "./trouble.tsx";
import { When } from "./when.tsx";
import { WorkButton } from "./work-button.tsx";

interface ConsentQuestionProps {
  readonly handle: string;
  readonly consent: Consent;
  /** The signed-in person, such as their address. */
  readonly person: string;
  readonly onDecided: (decided: Decided) => void;
  readonly onChangePerson: () => void;
  /** The question may no longer stand: ask the server for it again. */
  readonly onStale: () => void;
}

/** The name is what the client calls itself: anyone can register any name. */
function WhoAsks({ consent }: { readonly consent: Consent }) {
  return (
    <p className="quiet">
      An app that calls itself <strong>{consent.client.name}</strong> asks. Its name is not verified. Its id is{" "}
      <span className="mono">{consent.client.id}</span>.
    </p>
  );
}

function WhatItMayDo({ consent }: { readonly consent: Consent }) {
  return (
    <section className="stack is-tight" aria-labelledby="may-do">
      <h2 id="may-do">It will be able to</h2>
      <ul className="ticks">
        {consent.scopes.map((scope) => (
          <li key={scope.name}>
            <CheckIcon />
            {scope.grants}
          </li>
        ))}
      </ul>
      {consent.droppedScopes.length > 0 && (
        <p className="small quiet">
          It also asked for <span className="mono">{consent.droppedScopes.join(" ")}</span>. It does not get that.
        </p>
      )}
    </section>
  );
}

const unsafeAnswer = (): ApiError =>
  new ApiError("The server named an address that this page does not open.", {
    code: "unsafe_redirect",
    next: "Go back to the app that you came from and link again from there.",
    status: 200,
    requestId: null,
    retryAfter: null,
  });

/** Another person signed in to this browser while the question was open: it must name them before they answer. */
const isSomebodyElse = (error: Error): boolean => error instanceof ApiError && error.facts.code === "conflict";

type Decide = UseMutationResult<ConsentRedirect, Error, boolean>;

function useDecide({ handle, consent, onDecided, onStale }: ConsentQuestionProps): Decide {
  const { api, leaveTo } = useParts();
  return useMutation({
    mutationFn: async (allow: boolean) => {
      const redirect = await api.decide(handle, allow, consent.user?.ref);
      if (!isSafeRedirect(redirect.redirect_uri)) throw unsafeAnswer();
      return redirect;
    },
    onSuccess: ({ redirect_uri: redirectUri, error }, allow) => {
      onDecided({ consent, allowed: allow && error === undefined, redirectUri });
      leaveTo(redirectUri);
    },
    onError: (error) => {
      if (isSignedOut(error) || isSomebodyElse(error)) onStale();
    },
  });
}

/** Two answers of equal weight. Neither has the focus before the person gives it. */
function Answers({ decide, consent }: { readonly decide: Decide; readonly consent: Consent }) {
  const answer = (allow: boolean) => ({
    variant: "default",
    working: decide.isPending && decide.variables === allow,
    disabled: decide.isPending && decide.variables !== allow,
    onClick: () => decide.mutate(allow),
  });
  return (
    <div className="stack is-tight decision">
      <div className="actions is-even">
        <WorkButton {...answer(false)}>Decline</WorkButton>
        <WorkButton {...answer(true)}>Allow</WorkButton>
      </div>
      <p className="small quiet">
        You can decide until <When at={consent.expiresAt} form="time" />. You can end it at any time under Linked
        accounts.
      </p>
    </div>
  );
}

/** Everything that a person needs to decide on one page, then the two answers. */
export function ConsentQuestion(props: ConsentQuestionProps) {
  const { consent, person, onChangePerson } = props;
  const { api } = useParts();
  const decide = useDecide(props);
  const change = useMutation({ mutationFn: api.signOut, onSuccess: onChangePerson });
  return (
    <div className="stack is-wide">
      <div className="stack">
        <PageHeading title={`Let ${consent.client.name} act for you?`} />
        <WhoAsks consent={consent} />
      </div>
      <Destination consent={consent} />
      <WhatItMayDo consent={consent} />
      <p>
        You are signed in as <strong>{person}</strong>.{" "}
        <button type="button" className="text-button" onClick={() => change.mutate()} disabled={change.isPending}>
          Use another account
        </button>
      </p>
      {change.isError && <Trouble error={change.error} />}
      {decide.isError && <Trouble error={decide.error} />}
      <Answers decide={decide} consent={consent} />
    </div>
  );
}
