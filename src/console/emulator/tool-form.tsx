import { Button } from "@mantine/core";
import { type KeyboardEvent, type SubmitEvent, useRef } from "react";
import { Segments } from "../parts/segments.tsx";
import type { EmulatedTool } from "./emulated-tool.ts";
import { FormField } from "./form-field.tsx";
import type { Fields } from "./mcp-messages.ts";
import { type FormMode, type FilledForm, useToolForm } from "./use-tool-form.ts";

interface ToolFormProps {
  readonly tool: EmulatedTool;
  readonly running: boolean;
  /** @param words what the person is shown to have said. */
  readonly onCall: (args: Fields, words: string) => void;
  readonly onStop: () => void;
}

const FIRST_WRONG = ".form-field[data-wrong] :is(input, select, textarea)";

const MODES: readonly { readonly value: FormMode; readonly words: string }[] = [
  { value: "form", words: "Form" },
  { value: "json", words: "JSON" },
];

function JsonArguments({ form }: { readonly form: FilledForm }) {
  return (
    <div className="form-field" data-wrong={form.jsonProblem && "yes"}>
      <textarea
        className="field-input mono"
        aria-label="Arguments as JSON"
        aria-invalid={form.jsonProblem !== undefined}
        aria-describedby="json-problem"
        rows={8}
        spellCheck={false}
        value={form.json}
        onChange={(event) => form.setJson(event.currentTarget.value)}
        onBlur={() => form.leave("json")}
      />
      <p id="json-problem" className="form-problem small">
        {form.jsonProblem}
      </p>
      <p className="small quiet">Sent as it stands, so that you can see how the server answers what is wrong.</p>
    </div>
  );
}

function Arguments({ form }: { readonly form: FilledForm }) {
  if (form.mode === "json") return <JsonArguments form={form} />;
  if (form.fields.length === 0) return <p className="small quiet">This tool takes none.</p>;
  return form.fields.map((field) => (
    <FormField
      key={field.name}
      field={field}
      draft={form.drafts[field.name] ?? ""}
      problem={form.problems.get(field.name)}
      onDraft={(draft) => form.setDraft(field.name, draft)}
      onLeave={() => form.drafts[field.name] && form.leave(field.name)}
    />
  ));
}

/** How people ask for the tool; one that is pressed is said in the conversation, and fills the field for long text. */
function Examples({ tool, onChoose }: { readonly tool: EmulatedTool; readonly onChoose: (words: string) => void }) {
  return (
    <div className="stack is-tight">
      <p className="small quiet">People ask for it like this:</p>
      <ul className="examples">
        {tool.examples.map((example) => (
          <li key={example}>
            <button type="button" onClick={() => onChoose(example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The arguments of a tool, and the call. */
export function ToolForm({ tool, running, onCall, onStop }: ToolFormProps) {
  const form = useToolForm(tool);
  const element = useRef<HTMLFormElement>(null);

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const args = form.args();
    if (args) onCall(args, form.words || `Use “${tool.title}”.`);
    else requestAnimationFrame(() => element.current?.querySelector<HTMLElement>(FIRST_WRONG)?.focus());
  }

  const submitByKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.current?.requestSubmit();
  };

  return (
    <form ref={element} className="stack" noValidate onSubmit={submit} onKeyDown={submitByKey}>
      {tool.examples.length > 0 && <Examples tool={tool} onChoose={form.choose} />}
      <div className="form-heading">
        <h2>Arguments</h2>
        <Segments title="Arguments as" value={form.mode} options={MODES} onChoose={form.setMode} />
      </div>
      <Arguments form={form} />
      <div className="actions call-line">
        <Button type="submit" title="Ctrl+Enter">
          {running ? "Call again" : "Call"}
        </Button>
        {running && (
          <Button variant="default" onClick={onStop}>
            Stop
          </Button>
        )}
      </div>
    </form>
  );
}
