import { AppError } from "./errors.ts";
import { sha256Text } from "./seal.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Arguments nested deeper than this are refused, so that no walk over them can exhaust the stack. */
const MAX_DEPTH = 64;

const refuseText = (text: string, where: string): void => {
  if (!text.isWellFormed())
    throw new AppError("invalid_input", `${where} holds half of a character (a lone surrogate).`);
  if (text.includes("\0")) throw new AppError("invalid_input", `${where} holds a NUL character.`);
};

/**
 * Proves that a value parsed from JSON can be stored, hashed and shown: no NUL, no lone surrogate (PostgreSQL refuses
 * both), no number outside JSON, not too deep. Returns it as {@link Json}.
 * @throws AppError `invalid_input`, naming the place.
 */
export function wellFormed(value: unknown, where = "The input", depth = 0): Json {
  if (depth > MAX_DEPTH) throw new AppError("invalid_input", `The input is nested more than ${MAX_DEPTH} levels deep.`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    refuseText(value, where);
    return value;
  }
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => wellFormed(item, `${where}[${index}]`, depth + 1));
  if (typeof value === "object") return wellFormedObject(value, where, depth);
  throw new AppError("invalid_input", `${where} is not JSON.`);
}

function wellFormedObject(value: object, where: string, depth: number): JsonObject {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  for (const [key] of members) refuseText(key, `A name in ${where.toLowerCase()}`);
  // fromEntries defines members, so that one named __proto__ is data like any other.
  return Object.fromEntries(members.map(([key, member]) => [key, wellFormed(member, key.slice(0, 60), depth + 1)]));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** RFC 8785 canonical JSON: members sorted by UTF-16 code units, ECMAScript number and string forms, no white space. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value);
  if (members.length > 1) members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
}

/** SHA-256 of the canonical form, base64url without padding: what a receipt keeps of arguments. */
export const digestOf = (value: Json): string => sha256Text(canonicalJson(value));

/** A value of which a receipt may keep the text. */
export interface KeptText {
  /** SHA-256 of the canonical form (RFC 8785), base64url. */
  readonly digest: string;
  /** The canonical form itself; null where it is too long to be kept. */
  readonly text: string | null;
}

/** Longer texts are not kept, only their digest: a receipt stays small whatever was asked or answered. */
const MOST_KEPT = 2_048;

/** The canonical form where there is one; of text that has none, such as half a character, its JSON with escapes. */
function textOf(value: unknown): { readonly text: string; readonly canonical: boolean } {
  try {
    return { text: canonicalJson(wellFormed(value ?? {})), canonical: true };
  } catch {
    return { text: JSON.stringify(value) ?? "", canonical: false };
  }
}

const kept = (text: string): KeptText => ({ digest: sha256Text(text), text: text.length <= MOST_KEPT ? text : null });

/** What a receipt keeps of a value: its digest, and its canonical form where that is not too long. `length` is of that form. */
export function keep(value: Json): KeptText & { readonly length: number } {
  const text = canonicalJson(value);
  return { ...kept(text), length: text.length };
}

/**
 * What a receipt keeps of arguments as they were sent, before anything is known of them, so that a refused call says
 * what was asked for too. What is nested too deep to be written down has the digest of nothing.
 */
export function keepAnything(value: unknown): KeptText {
  try {
    const { text, canonical } = textOf(value);
    return canonical ? kept(text) : { digest: sha256Text(text), text: null };
  } catch {
    return { digest: sha256Text(""), text: null };
  }
}
