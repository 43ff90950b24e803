/** One figure of one run. Only the ratio may be compared with other runs; the value shows the scale. */
export interface Figure {
  readonly suite: string;
  /** What was measured, of whom, under which load. Together with `against` it is the same in every run. */
  readonly name: string;
  /** Median over the runs. */
  readonly value: number;
  readonly unit: string;
  /** Who else was measured, in the same run and in turn. */
  readonly against: string;
  /** `value` divided by the other's median. */
  readonly ratio: number;
  /** Samples behind each of the two medians. */
  readonly runs: number;
}

/** What a suite found. */
export interface Findings {
  readonly figures: readonly Figure[];
  /** The same for a reader. */
  readonly report: string;
  /** Why the figures must not be trusted; with one of these the command fails. */
  readonly faults: readonly string[];
}

const digits = (value: number, count: number): number => Number(value.toPrecision(count));

/** A figure as one line of JSON. */
export const figureLine = (figure: Figure): string =>
  JSON.stringify({ ...figure, value: digits(figure.value, 4), ratio: digits(figure.ratio, 3) });
