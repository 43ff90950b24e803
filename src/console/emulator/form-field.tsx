import { type FocusEvent, useId } from "react";
import { Segments } from "../parts/segments.tsx";
import type { Field } from "./schema-form.ts";

interface FormFieldProps {
  readonly field: Field;
  readonly draft: string;
  /** What is wrong with it; undefined when nothing is. */
  readonly problem: string | undefined;
  readonly onDraft: (draft: string) => void;
  /** The person has left the field. */
  readonly onLeave: () => void;
}

/** What the control of a field is given, whatever kind of control it is. */
interface ControlProps extends FormFieldProps {
  readonly id: string;
  readonly describedBy: string;
}

const shared = ({ id, describedBy, field, problem, draft, onDraft, onLeave }: ControlProps) => ({
  id,
  value: draft,
  "aria-describedby": describedBy,
  "aria-invalid": problem !== undefined,
  "aria-required": field.required,
  onChange: (event: { readonly currentTarget: { readonly value: string } }) => onDraft(event.currentTarget.value),
  onBlur: (_event: FocusEvent) => onLeave(),
});

const wordOf = (choice: unknown): string => (typeof choice === "string" ? choice : JSON.stringify(choice));

const ChoiceControl = (props: ControlProps) => (
  <select className="choice" {...shared(props)}>
    <option value="">{props.field.required ? "Choose" : "Not given"}</option>
    {props.field.choices.map((choice) => (
      <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
        {wordOf(choice)}
      </option>
    ))}
  </select>
);

const LongControl = (props: ControlProps) => (
  <textarea className="field-input" rows={3} placeholder={props.field.example} {...shared(props)} />
);

const LineControl = (props: ControlProps) => (
  <input
    type="text"
    className="field-input"
    autoComplete="off"
    inputMode={props.field.kind === "number" ? "decimal" : "text"}
    placeholder={props.field.example}
    {...shared(props)}
  />
);

/** JSON, and a button that puts its least form there to be filled in. */
const JsonControl = (props: ControlProps) => (
  <>
    <textarea className="field-input mono" rows={4} spellCheck={false} {...shared(props)} />
    {props.draft === "" && props.field.example !== "" && (
      <button type="button" className="text-button small" onClick={() => props.onDraft(props.field.example)}>
        Insert an example
        <span className="is-hidden-to-eyes">&nbsp;of {props.field.name}</span>
      </button>
    )}
  </>
);

const controls = {
  line: LineControl,
  number: LineControl,
  text: LongControl,
  choice: ChoiceControl,
  json: JsonControl,
} as const;

const kinds: Readonly<Record<Field["kind"], string>> = {
  line: "text",
  text: "text",
  number: "number",
  flag: "yes or no",
  choice: "one of these",
  json: "JSON",
};

const FLAGS = [
  { value: "true", words: "Yes" },
  { value: "false", words: "No" },
] as const;

const FLAGS_OR_NONE = [{ value: "", words: "Not given" }, ...FLAGS] as const;

function FlagControl({ field, draft, onDraft }: FormFieldProps) {
  return (
    <Segments<string>
      title={field.name}
      value={draft}
      options={field.required ? FLAGS : FLAGS_OR_NONE}
      onChoose={onDraft}
    />
  );
}

/** One argument: its name, what it is for, its control, and what is wrong with it. */
export function FormField(props: FormFieldProps) {
  const { field, problem } = props;
  const id = useId();
  const [described, wrong] = [`${id}-about`, `${id}-problem`];
  const Control = field.kind === "flag" ? FlagControl : controls[field.kind];
  return (
    <div className="form-field" data-wrong={problem && "yes"}>
      <div className="form-field-name">
        {field.kind === "flag" ? (
          <span className="mono">{field.name}</span>
        ) : (
          <label className="mono" htmlFor={id}>
            {field.name}
          </label>
        )}
        <span className="small quiet">
          {kinds[field.kind]}
          {field.required ? ", required" : ""}
        </span>
      </div>
      {field.description !== "" && (
        <p id={described} className="small quiet">
          {field.description}
        </p>
      )}
      <Control {...props} id={id} describedBy={`${described} ${wrong}`} />
      <p id={wrong} className="form-problem small">
        {problem}
      </p>
    </div>
  );
}
