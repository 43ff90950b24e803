import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../api.ts";
import type { SignInOptions } from "../contract.ts";
import { Trouble } from "../parts/trouble.tsx";
import { loadScript } from "./load-script.ts";

/** The check that is set for this server. */
export type HumanCheckFacts = NonNullable<SignInOptions["humanCheck"]>;

/** What Turnstile's script leaves in the page (developers.cloudflare.com/turnstile, "Explicit rendering"). */
interface Turnstile {
  render(
    place: HTMLElement,
    options: {
      readonly sitekey: string;
      readonly action: string;
      readonly callback: (proof: string) => void;
      readonly "expired-callback": () => void;
      readonly "error-callback": () => boolean;
    },
  ): string | undefined;
  remove(widget: string): void;
}

declare global {
  interface Window {
    turnstile?: Turnstile;
  }
}

const failed = (): ApiError =>
  new ApiError("The check that you are a person could not be loaded.", {
    code: "human_check_failed",
    next: "Let this page load challenges.cloudflare.com, then try again.",
    status: 0,
    requestId: null,
    retryAfter: null,
  });

interface HumanCheckProps {
  readonly check: HumanCheckFacts;
  /** A proof, good for one request; null when there is none (any more). */
  readonly onProof: (proof: string | null) => void;
}

/** One check; a new key shows a new one. */
function Widget({ check, onProof, onBroken }: HumanCheckProps & { readonly onBroken: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let widget: string | undefined;
    let gone = false;
    const fail = (): true => {
      if (!gone) onBroken();
      return true;
    };
    const show = (): void => {
      if (gone || place.current === null) return;
      if (window.turnstile === undefined) return void fail();
      widget = window.turnstile.render(place.current, {
        sitekey: check.siteKey,
        action: check.action,
        callback: onProof,
        "expired-callback": () => onProof(null),
        "error-callback": fail,
      });
    };
    loadScript(check.scriptUrl).then(show, fail);
    return () => {
      gone = true;
      if (widget !== undefined) window.turnstile?.remove(widget);
    };
  }, [check, onProof, onBroken]);
  return <div ref={place} />;
}

/** Shows the check, and hands over what it gives. */
export function HumanCheck(props: HumanCheckProps) {
  const [round, setRound] = useState({ number: 0, broken: false });
  const markBroken = useCallback(() => setRound(({ number }) => ({ number, broken: true })), []);
  const again = (): void => setRound(({ number }) => ({ number: number + 1, broken: false }));
  return round.broken ? (
    <Trouble error={failed()} onRetry={again} />
  ) : (
    <Widget key={round.number} {...props} onBroken={markBroken} />
  );
}
