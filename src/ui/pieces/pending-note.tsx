import { useEffect, useState } from "react";
import type { Pending } from "../tool-answer.ts";
import { useOpenAi } from "../use-open-ai.ts";
import { webAddress } from "../web-address.ts";
import { OwnWords } from "./own-words.tsx";
import { TroubleNote } from "./trouble-note.tsx";

const kinds = {
  waiting: {
    heading: "Waits for your approval",
    words: "Nothing was done yet. Only you can decide, on your own page.",
    link: "Look and decide",
  },
  over: {
    heading: "Waited for your approval",
    words: "The time to decide is over.",
    link: "See what came of it",
  },
  job: {
    heading: "Still at work",
    words: "It goes on by itself, also when you leave this conversation.",
    link: "See how far it is",
  },
} as const;

/** The longest time that a browser's timer can wait, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** Whether a time has passed; it turns by itself. @param at milliseconds since 1970; NaN never passes. */
function usePassed(at: number): boolean {
  const [passed, setPassed] = useState(() => at <= Date.now());
  useEffect(() => {
    const left = at - Date.now();
    if (passed || !(left < LONGEST_MS)) return undefined;
    const timer = setTimeout(() => setPassed(true), left);
    return () => clearTimeout(timer);
  }, [at, passed]);
  return passed;
}

/** "14:35" today, with the day on another, in the person's own time and language. */
function timeOf(date: Date, locale: string | null): string {
  const today = date.toDateString() === new Date().toDateString();
  const form = today ? ({ timeStyle: "short" } as const) : ({ dateStyle: "medium", timeStyle: "short" } as const);
  return date.toLocaleString(locale ?? undefined, form);
}

/**
 * What a call waits for, with the way there through the host, which asks the person where it must. A card never decides:
 * the assistant around it could press its buttons.
 */
export function PendingNote({ pending }: { readonly pending: Pending }) {
  const { openLink, locale } = useOpenAi();
  const [refused, setRefused] = useState(false);
  const until = new Date(pending.expiresAt ?? Number.NaN);
  const over = usePassed(until.getTime());
  const isJob = pending.kind === "job";
  const { heading, words, link } = kinds[isJob ? "job" : over ? "over" : "waiting"];
  const address = webAddress(pending.url);
  const open = (href: string): void => {
    setRefused(false);
    openLink(href).catch(() => setRefused(true));
  };
  return (
    <div className={isJob || over ? "pending" : "pending asks"}>
      <strong>{heading}</strong>
      {pending.sentence && <OwnWords text={pending.sentence} lines={4} />}
      <p className="quiet small">
        {words}
        {!isJob && !over && !Number.isNaN(until.getTime()) && ` There is time until ${timeOf(until, locale)}.`}
      </p>
      {address && (
        <button type="button" onClick={() => open(address.href)}>
          {link}
        </button>
      )}
      {refused && <TroubleNote heading="The assistant did not open it." reason={pending.url} />}
    </div>
  );
}
