import { useMemo, useState } from "react";
import type { EmulatedTool } from "./emulated-tool.ts";
import { type Drafts, argumentsOf, draftsOf, initialDrafts, jsonOf, valuesOf } from "./form-values.ts";
import type { Fields } from "./mcp-messages.ts";
import { type Field, fieldsOf } from "./schema-form.ts";

/** How the arguments are given: in fields, or as one JSON object. */
export type FormMode = "form" | "json";

/** What a person has typed for one tool. */
interface Typed {
  readonly mode: FormMode;
  readonly drafts: Drafts;
  readonly json: string;
  /** What the person is shown to have said; empty until an example is chosen. */
  readonly words: string;
  /** Fields that the person has left: their problems may be told. */
  readonly left: ReadonlySet<string>;
}

const untyped = (fields: readonly Field[]): Typed => ({
  mode: "form",
  drafts: initialDrafts(fields),
  json: "{}",
  words: "",
  left: new Set(),
});

const noProblems: ReadonlyMap<string, string> = new Map();

/** Leaves the text as it is where it cannot be read: nothing typed is lost on the way back. */
function draftsAfter(fields: readonly Field[], typed: Typed): Drafts {
  const read = argumentsOf(typed.json);
  return "args" in read ? draftsOf(fields, read.args) : typed.drafts;
}

/** The arguments of the chosen tool; what was typed for each tool stays while the page is open. */
export function useToolForm(tool: EmulatedTool) {
  const fields = useMemo(() => fieldsOf(tool.inputSchema), [tool]);
  const [byTool, setByTool] = useState<ReadonlyMap<string, Typed>>(new Map());
  const typed = byTool.get(tool.name) ?? untyped(fields);
  const type = (part: Partial<Typed>): void =>
    setByTool((before) => new Map(before).set(tool.name, { ...(before.get(tool.name) ?? untyped(fields)), ...part }));

  const values = valuesOf(fields, typed.drafts);
  const all = "problems" in values ? values.problems : noProblems;
  const problems = new Map([...all].filter(([name]) => typed.left.has(name)));
  const read = argumentsOf(typed.json);

  return {
    fields,
    ...typed,
    problems,
    jsonProblem: "problem" in read && typed.left.size > 0 ? read.problem : undefined,
    setDraft: (name: string, draft: string) => type({ drafts: { ...typed.drafts, [name]: draft } }),
    setJson: (json: string) => type({ json }),
    /** Says an example, and fills the field that asks for a person's own words, where there is one. */
    choose(words: string): void {
      const field = fields.find(({ kind, required }) => kind === "text" && required);
      type({ words, drafts: field ? { ...typed.drafts, [field.name]: words } : typed.drafts });
    },
    leave: (name: string) => type({ left: new Set(typed.left).add(name) }),
    setMode(mode: FormMode): void {
      if (mode === "json") type({ mode, json: jsonOf(fields, typed.drafts) });
      else type({ mode, drafts: draftsAfter(fields, typed) });
    },
    /** The arguments; null when something is wrong, and then every problem is told. */
    args(): Fields | null {
      type({ left: new Set([...fields.map(({ name }) => name), "json"]) });
      if (typed.mode === "json") return "args" in read ? read.args : null;
      return "args" in values ? values.args : null;
    },
  };
}

/** See {@link useToolForm}. */
export type FilledForm = ReturnType<typeof useToolForm>;
