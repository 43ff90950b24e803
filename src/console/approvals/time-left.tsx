import { useCountdown } from "../parts/use-countdown.ts";
import { exactTime } from "../parts/when.tsx";
import { leftWords } from "./left-words.ts";

/** The time that is left, as it runs out. It is not read out each second; the time itself stands behind it. */
export function TimeLeft({ until }: { readonly until: string }) {
  const seconds = useCountdown(Date.parse(until));
  return (
    <time className="time-left" dateTime={until} title={exactTime(new Date(until))}>
      {seconds === 0 ? "no time left" : `${leftWords(seconds)} left`}
    </time>
  );
}
