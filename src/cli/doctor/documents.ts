import { Fault } from "./fault.ts";
import type { Answer } from "./probe.ts";

/** A JSON object of a stranger: nothing in it is believed until it is looked at. */
export type Members = Readonly<Record<string, unknown>>;

/** A text member, or undefined. */
export const textOf = (members: Members, name: string): string | undefined => {
  const value = members[name];
  return typeof value === "string" ? value : undefined;
};

/** The texts of a list member, or undefined where there is no list. */
export const listOf = (members: Members, name: string): readonly string[] | undefined => {
  const value = members[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
};

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The members of a JSON object; null for everything else. */
export function membersOf(text: string): Members | null {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : null;
  } catch {
    return null;
  }
}

/** The JSON message of an MCP answer, sent whole or as the first event of a stream. */
export function messageOf(answer: Answer): Members | null {
  if (answer.headers["content-type"]?.includes("text/event-stream") !== true) return membersOf(answer.text);
  const data = [...answer.text.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join("\n");
  return membersOf(data);
}

/** An answer in a few words. */
export const inShort = (answer: Answer): string => `${answer.method} ${answer.url} answered ${answer.status}`;

/** An answer in a few words, and how its body begins. */
export const withBody = (answer: Answer): string => {
  const body = answer.text.trim().slice(0, 300);
  return `${inShort(answer)}${body === "" ? "" : `: ${body}`}`;
};

/** A published document. @throws Fault when it is none. */
export function documentOf(answer: Answer, what: string, fix: string): Members {
  const moved = answer.headers.location;
  if (moved !== undefined) {
    throw new Fault(`${inShort(answer)}, a redirect to ${moved}; clients do not follow it to ${what}.`, fix);
  }
  if (answer.status !== 200) throw new Fault(`${withBody(answer)}. Clients need ${what} there.`, fix);
  const members = membersOf(answer.text);
  if (members !== null && answer.headers["content-type"]?.includes("json") === true) return members;
  throw new Fault(
    `${inShort(answer)} with ${answer.headers["content-type"] ?? "no content type"}, and not with JSON. Often a web page answers there in place of ${what}.`,
    fix,
  );
}
