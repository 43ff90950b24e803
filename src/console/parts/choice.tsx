interface ChoiceProps {
  /** What is chosen; it stands there while nothing is. */
  readonly title: string;
  readonly options: readonly { readonly value: string; readonly words: string }[];
  readonly value: string;
  readonly onChoose: (value: string) => void;
}

/** One of several, or any: the browser's own list. */
export const Choice = ({ title, options, value, onChoose }: ChoiceProps) => (
  <select className="choice" aria-label={title} value={value} onChange={(event) => onChoose(event.target.value)}>
    <option value="">{title}</option>
    {options.map((option) => (
      <option key={option.value} value={option.value}>
        {option.words}
      </option>
    ))}
  </select>
);
