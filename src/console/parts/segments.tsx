import { type ReactNode, useId } from "react";

interface SegmentsProps<Value extends string> {
  /** What is chosen, for those who hear it. */
  readonly title: string;
  readonly options: readonly { readonly value: Value; readonly words: string; readonly icon?: ReactNode }[];
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
}

/** One of a few, all in view. */
export function Segments<Value extends string>({ title, options, value, onChoose }: SegmentsProps<Value>) {
  const name = useId();
  return (
    <fieldset className="segments">
      <legend className="is-hidden-to-eyes">{title}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            className="is-hidden-to-eyes"
            checked={option.value === value}
            onChange={() => onChoose(option.value)}
          />
          <span>
            {option.icon}
            {option.words}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
