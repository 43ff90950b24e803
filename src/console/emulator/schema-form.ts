import { isFlag, isListOf, isNumber, isObject, isText } from "../../ui/guards.ts";
import { type Fields, memberOf } from "./mcp-messages.ts";

/** How a field is filled in. */
export type FieldKind = "line" | "text" | "number" | "flag" | "choice" | "json";

/** One argument of a tool, as a form asks for it. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly description: string;
  readonly required: boolean;
  /** The rules for its value; what `$ref` and `null` stood around it is taken off. */
  readonly schema: Fields;
  /** What may be chosen; empty for every other kind. */
  readonly choices: readonly unknown[];
  /** What it holds before anyone types (`default`). */
  readonly initial: string;
  /** An example of a value (`examples`, or a skeleton for JSON); empty where there is none. */
  readonly example: string;
}

/** A text that may be longer than this is asked for in several lines. */
const LINE_LIMIT = 300;
/** A skeleton goes so deep: a schema may name itself. */
const SKELETON_DEPTH = 5;

const isList = isListOf((_value): _value is unknown => true);

const isNull = (schema: unknown): boolean => isObject(schema) && schema["type"] === "null";

/** What a local `$ref` stands for (JSON Schema 2020-12 §8.2.3.1). */
function referred(root: Fields, reference: string): Fields {
  if (!reference.startsWith("#/")) return {};
  const steps = reference.slice(2).split("/");
  const target = steps.reduce<unknown>(
    (at, step) => memberOf(at, step.replaceAll("~1", "/").replaceAll("~0", "~"), isObject),
    root,
  );
  return isObject(target) ? target : {};
}

/** The rules that count: behind one reference, and without the `null` that only says that it may be left out. */
function plainSchema(root: Fields, schema: Fields): Fields {
  const reference = memberOf(schema, "$ref", isText);
  if (reference !== undefined) return { ...referred(root, reference), ...schema };
  const [only, ...more] = (memberOf(schema, "anyOf", isListOf(isObject)) ?? []).filter((one) => !isNull(one));
  return only !== undefined && more.length === 0 ? { ...only, ...schema } : schema;
}

function choicesOf(schema: Fields): readonly unknown[] {
  if ("const" in schema) return [schema["const"]];
  return memberOf(schema, "enum", isList) ?? [];
}

function kindOf(schema: Fields): FieldKind {
  if (choicesOf(schema).length > 0) return "choice";
  const { type, format, maxLength } = schema;
  if (type === "boolean") return "flag";
  if (type === "number" || type === "integer") return "number";
  if (type !== "string") return "json";
  return format !== undefined || (isNumber(maxLength) && maxLength <= LINE_LIMIT) ? "line" : "text";
}

/** A value as a field of its kind holds it. */
export const draftOf = (kind: FieldKind, value: unknown): string =>
  kind === "json" ? JSON.stringify(value, null, 2) : kind === "choice" ? JSON.stringify(value) : String(value);

const first = (schema: Fields): unknown => memberOf(schema, "examples", isList)?.[0] ?? schema["default"];

const placeholders: Readonly<Record<string, unknown>> = { string: "...", number: 0, integer: 0, boolean: false };

/** The least value of a shape: every member that is required, one item of a list. */
function skeletonOf(root: Fields, given: Fields, depth = 0): unknown {
  const schema = plainSchema(root, given);
  const known = first(schema) ?? choicesOf(schema)[0];
  if (known !== undefined) return known;
  const { type } = schema;
  if (depth >= SKELETON_DEPTH) return null;
  if (type === "array") {
    const items = memberOf(schema, "items", isObject);
    return items ? [skeletonOf(root, items, depth + 1)] : [];
  }
  if (type !== "object") return isText(type) ? (placeholders[type] ?? null) : null;
  const properties = memberOf(schema, "properties", isObject) ?? {};
  const required = memberOf(schema, "required", isListOf(isText)) ?? [];
  const members = required.map((name) => [name, memberOf(properties, name, isObject) ?? {}] as const);
  return Object.fromEntries(members.map(([name, member]) => [name, skeletonOf(root, member, depth + 1)]));
}

function exampleOf(root: Fields, kind: FieldKind, schema: Fields): string {
  const example = memberOf(schema, "examples", isList)?.[0];
  if (example !== undefined) return draftOf(kind, example);
  return kind === "json" ? draftOf(kind, skeletonOf(root, schema)) : "";
}

function fieldOf(root: Fields, name: string, given: Fields, required: boolean): Field {
  const schema = plainSchema(root, given);
  const kind = kindOf(schema);
  return {
    name,
    kind,
    description: memberOf(given, "description", isText) ?? memberOf(schema, "description", isText) ?? "",
    required,
    schema,
    choices: kind === "choice" ? choicesOf(schema) : [],
    initial: schema["default"] === undefined ? "" : draftOf(kind, schema["default"]),
    example: exampleOf(root, kind, schema),
  };
}

/** The arguments of a tool as fields, those that are required first; a property that is no schema is left out. */
export function fieldsOf(root: Fields): readonly Field[] {
  const properties = memberOf(root, "properties", isObject) ?? {};
  const required = memberOf(root, "required", isListOf(isText)) ?? [];
  const fields = Object.entries(properties).flatMap(([name, schema]) =>
    // `true` allows every value (JSON Schema 2020-12 §4.3.2).
    isObject(schema) || (isFlag(schema) && schema)
      ? [fieldOf(root, name, isObject(schema) ? schema : {}, required.includes(name))]
      : [],
  );
  return [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)];
}
