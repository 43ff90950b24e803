import { useEffect, useRef, useState } from "react";
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

/** Shows the check, and hands over what it gives. A new key shows a new check. */
export function HumanCheck({ check, onProof }: HumanCheckProps) {
  const place = useRef<HTMLDivElement>(null);
  const [broken, setBroken] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let widget: string | undefined;
    let gone = false;
    const fail = (): true => {
      if (!gone) setBroken(true);
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
  }, [check, onProof, round]);
  const again = (): void => {
    setBroken(false);
    setRound(round + 1);
  };
  return (
    <div>
      <div ref={place} />
      {broken && <Trouble error={failed()} onRetry={again} />}
    </div>
  );
}
