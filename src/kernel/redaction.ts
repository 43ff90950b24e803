import * as z from "zod";
import type { Json, JsonObject } from "./json.ts";

/** Why a field is never written down. */
type Mark = "secret" | "personal";

/** Carries the mark inside a JSON schema until the schema is published. */
const KEY = "x-bellhop-keep";

/**
 * Marks a field of a tool's schema as secret: a marker takes its place before anything is written or hashed, so neither
 * the value nor a digest of it is kept anywhere.
 */
export const secret = <Schema extends z.ZodType>(schema: Schema): Schema => schema.meta({ [KEY]: "secret" });

/** Marks a field as personal, to the same end: for what people say of themselves and of others. */
export const personal = <Schema extends z.ZodType>(schema: Schema): Schema => schema.meta({ [KEY]: "personal" });

/** What may be kept of a value: a word stands in the place of what is secret or personal. */
export type Redaction = (value: unknown) => unknown;

/** The marks of a schema, as a tree that a value is walked along. */
interface Mask {
  mark?: Mark;
  readonly members: Map<string, Mask>;
  /** For every item of a list, and for members that have no mask of their own. */
  rest?: Mask;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const isMark = (value: Json | undefined): value is Mark => value === "secret" || value === "personal";

/** Where `#/$defs/name` points to. */
function target(root: JsonObject, pointer: string): Json | undefined {
  const steps = pointer.split("/").slice(1);
  return steps.reduce<Json | undefined>((at, step) => (isObject(at) ? at[step] : undefined), root);
}

/** Reads the marks of a schema and of all that it is made of into `mask`; a schema may refer to itself. */
function readMarks(root: JsonObject, schema: Json | undefined, mask: Mask, seen: Map<string, Mask>): void {
  if (!isObject(schema)) return;
  const mark = schema[KEY];
  if (isMark(mark)) mask.mark = mark;
  for (const form of ["anyOf", "oneOf", "allOf"]) {
    const parts = schema[form];
    if (isList(parts)) for (const part of parts) readMarks(root, part, mask, seen);
  }
  const pointer = schema["$ref"];
  if (typeof pointer === "string" && !seen.has(pointer)) {
    seen.set(pointer, mask);
    readMarks(root, target(root, pointer), mask, seen);
  } else if (typeof pointer === "string") Object.assign(mask, seen.get(pointer));
  readInner(root, schema, mask, seen);
}

function readInner(root: JsonObject, schema: JsonObject, mask: Mask, seen: Map<string, Mask>): void {
  const properties = schema["properties"];
  for (const [name, member] of isObject(properties) ? Object.entries(properties) : []) {
    const inner = mask.members.get(name) ?? { members: new Map() };
    mask.members.set(name, inner);
    readMarks(root, member, inner, seen);
  }
  const prefix = schema["prefixItems"];
  for (const part of [schema["items"], schema["additionalProperties"], ...(isList(prefix) ? prefix : [])]) {
    if (!isObject(part)) continue;
    mask.rest ??= { members: new Map() };
    readMarks(root, part, mask.rest, seen);
  }
}

/** The value with a marker in the place of each field that has a mark. */
function masked(value: unknown, mask: Mask | undefined, marks: readonly Mark[]): unknown {
  if (mask === undefined || value === undefined) return value;
  if (mask.mark && marks.includes(mask.mark)) return `[${mask.mark}]`;
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, mask.rest, marks));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([name, member]) => [name, masked(member, mask.members.get(name) ?? mask.rest, marks)]),
  );
}

/**
 * What may be kept of values of this schema. It goes by places, not by types: also of arguments that do not fit the
 * schema, and are refused, what stands where a secret belongs is left out.
 * @param schema a JSON schema with its marks, as {@link markedSchema} gives it.
 * @param marks which marks count; what is personal may be shown to its person.
 */
export function redactionOf(schema: JsonObject, marks: readonly Mark[] = ["secret", "personal"]): Redaction {
  if (!JSON.stringify(schema).includes(KEY)) return (value) => value;
  const mask: Mask = { members: new Map() };
  readMarks(schema, schema, mask, new Map([["#", mask]]));
  return (value) => masked(value, mask, marks);
}

/** The JSON schema of a Zod schema, marks included. */
export function markedSchema(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return z.record(z.string(), z.json()).parse(rest);
}

function withoutMarks(value: Json): Json {
  if (isList(value)) return value.map(withoutMarks);
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([name]) => name !== KEY);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutMarks(member)]));
}

/** A JSON schema as it is published: how we keep things is nobody else's matter. */
export const publishedSchema = (schema: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(schema).flatMap(([name, member]) => (name === KEY ? [] : [[name, withoutMarks(member)]])),
  );
