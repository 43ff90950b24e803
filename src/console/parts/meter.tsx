interface MeterProps {
  /** What is measured, for those who hear it. */
  readonly label: string;
  readonly value: number;
  readonly max: number;
  /** How it is read out: "3 of 20". */
  readonly words: string;
}

/** How much of something is used, as a quiet bar; the words beside it say the same. */
export const Meter = ({ label, value, max, words }: MeterProps) => (
  <meter
    className="meter"
    min={0}
    max={Math.max(max, 1)}
    value={Math.min(value, max)}
    aria-label={`${label}: ${words}`}
  />
);
