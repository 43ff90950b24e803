import { isNumber, isObject } from "../../ui/guards.ts";
import type { Fields } from "./mcp-messages.ts";
import { type Field, draftOf } from "./schema-form.ts";

/** What is typed into each field, as text; a field that is not there is empty. */
export type Drafts = Readonly<Record<string, string>>;

/** The arguments of a call, or what is wrong, by field. */
export type FormValues = { readonly args: Fields } | { readonly problems: ReadonlyMap<string, string> };

type Value = { readonly value: unknown } | { readonly problem: string } | null;

const inRange = ({ minimum, maximum }: Fields, value: number): string | null => {
  if (isNumber(minimum) && value < minimum) return `It must be at least ${minimum}.`;
  if (isNumber(maximum) && value > maximum) return `It must be at most ${maximum}.`;
  return null;
};

function numberValue({ schema }: Field, draft: string): Value {
  const value = Number(draft);
  if (!Number.isFinite(value)) return { problem: "This is not a number." };
  if (schema["type"] === "integer" && !Number.isInteger(value)) return { problem: "It must be a whole number." };
  const problem = inRange(schema, value);
  return problem === null ? { value } : { problem };
}

/** Characters are counted as JSON Schema does, by code point (2020-12 validation §6.3.1). */
function textValue({ schema: { minLength, maxLength } }: Field, draft: string): Value {
  const { length } = Array.from(draft);
  if (isNumber(minLength) && length < minLength) return { problem: `It must have at least ${minLength} characters.` };
  if (isNumber(maxLength) && length > maxLength)
    return { problem: `It has ${length} characters; at most ${maxLength} are taken.` };
  return { value: draft };
}

/** Reads JSON. */
export function readJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const itemCount = ({ minItems, maxItems }: Fields, count: number): string | null => {
  if (isNumber(minItems) && count < minItems) return `The list must have at least ${minItems} items.`;
  if (isNumber(maxItems) && count > maxItems) return `The list has ${count} items; at most ${maxItems} are taken.`;
  return null;
};

function jsonProblem(schema: Fields, value: unknown): string | null {
  if (schema["type"] === "object" && !isObject(value)) return "It must be an object, in braces.";
  if (schema["type"] !== "array") return null;
  return Array.isArray(value) ? itemCount(schema, value.length) : "It must be a list, in square brackets.";
}

function jsonValue({ schema }: Field, draft: string): Value {
  const read = readJson(draft);
  const problem = "problem" in read ? read.problem : jsonProblem(schema, read.value);
  return problem === null ? read : { problem };
}

const readers: Readonly<Record<Field["kind"], (field: Field, draft: string) => Value>> = {
  line: textValue,
  text: textValue,
  number: numberValue,
  flag: (_field, draft) => ({ value: draft === "true" }),
  choice: (_field, draft) => readJson(draft),
  json: jsonValue,
};

/** The value of one field; null where it is left out. */
function valueOf(field: Field, draft: string): Value {
  if (draft !== "" && !(draft.trim() === "" && field.kind !== "text" && field.kind !== "line"))
    return readers[field.kind](field, draft);
  return field.required ? { problem: "This is needed." } : null;
}

/** What the form holds before anyone types. */
export const initialDrafts = (fields: readonly Field[]): Drafts =>
  Object.fromEntries(fields.map(({ name, initial }) => [name, initial]));

/** Reads the whole form. A field that is empty is left out; the server has the last word on the rest. */
export function valuesOf(fields: readonly Field[], drafts: Drafts): FormValues {
  const values = fields.map((field) => [field.name, valueOf(field, drafts[field.name] ?? "")] as const);
  const problems = values.flatMap(([name, value]) =>
    value && "problem" in value ? [[name, value.problem] as const] : [],
  );
  if (problems.length > 0) return { problems: new Map(problems) };
  return {
    args: Object.fromEntries(
      values.flatMap(([name, value]) => (value && "value" in value ? [[name, value.value] as const] : [])),
    ),
  };
}

/** Reads arguments that were typed as one JSON object. */
export function argumentsOf(text: string): { readonly args: Fields } | { readonly problem: string } {
  const read = readJson(text);
  if ("problem" in read) return read;
  return isObject(read.value) ? { args: read.value } : { problem: "The arguments must be an object, in braces." };
}

/** The form's arguments as JSON, as far as they can be read. */
export function jsonOf(fields: readonly Field[], drafts: Drafts): string {
  const readable = fields.filter((field) => {
    const value = valueOf(field, drafts[field.name] ?? "");
    return value !== null && "value" in value;
  });
  const values = valuesOf(readable, drafts);
  return JSON.stringify("args" in values ? values.args : {}, null, 2);
}

/** Arguments as the form holds them; those that it does not know are left out. */
export const draftsOf = (fields: readonly Field[], args: Fields): Drafts =>
  Object.fromEntries(
    fields.map(({ name, kind }) => [name, args[name] === undefined ? "" : draftOf(kind, args[name])] as const),
  );
