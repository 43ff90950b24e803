import { type Guarded, isAbsentOr, isListOf, isNullOr, isObject, isOneOf, isShape, isText } from "./guards.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A tool's answer, wherever a host put it. */
export interface ToolAnswer {
  /** True when the tool did not succeed: what came with it is a reason, not a result. */
  readonly failed: boolean;
  /** The structured part; null where there is none. */
  readonly data: Fields | null;
  /** The answer in words; empty where there are none. */
  readonly text: string;
  /** What is meant for the widget alone, such as the receipt's id. */
  readonly meta: Fields;
}

/** Where hosts have been seen to wrap a whole result. */
const WRAPPERS = ["result", "mcp_tool_result", "call_tool_result"] as const;

/** How many of them may lie in one another. */
const DEPTH = 4;

/** Set by our server in the metadata of every error. */
const ERROR_MARK = "bellhop/error";

const isTextBlock = isShape({ type: isText, text: isText });
const isContent = isListOf(isObject);

const textOf = (content: unknown): string =>
  Array.isArray(content)
    ? content
        .filter(isTextBlock)
        .map(({ text }) => text)
        .join("\n")
    : "";

const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

/** A `CallToolResult` (MCP server/tools). */
const isResult = (output: Fields): boolean =>
  isObject(output["structuredContent"]) || isContent(output["content"]) || output["isError"] === true;

/** The result in whatever a host has wrapped around it; the thing itself where there is none in it. */
function unwrapped(output: Fields, depth = 0): Fields {
  const inner = WRAPPERS.map((wrapper) => output[wrapper]).find(isObject);
  if (isResult(output) || !inner || depth === DEPTH) return output;
  const found = unwrapped(inner, depth + 1);
  return isResult(found) ? found : output;
}

/** A text that is JSON of an answer, or else is the answer in words. */
function fromText(text: string): ToolAnswer {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return fromObject(value);
  } catch {
    // Words are not JSON.
  }
  return { failed: false, data: null, text, meta: {} };
}

/** A whole result, or its structured part alone. */
function fromObject(output: Fields): ToolAnswer {
  // `{result: "..."}` is how ChatGPT's types describe the answer of a call.
  if (isText(output["result"]) && Object.keys(output).length === 1) return fromText(output["result"]);
  const found = unwrapped(output);
  const meta = fieldsOf(found["_meta"]);
  const failed = found["isError"] === true || ERROR_MARK in meta;
  if (!isResult(found)) return { failed, data: found, text: "", meta };
  const { structuredContent, content } = found;
  return { failed, data: isObject(structuredContent) ? structuredContent : null, text: textOf(content), meta };
}

/** The reason of an error, where its text was left behind: our server writes it into the mark as well. */
function reasonIn(meta: Fields): string {
  const message = fieldsOf(meta[ERROR_MARK])["message"];
  return isText(message) ? message : "";
}

/**
 * Reads an answer. Hosts put the same one in different places: a whole `CallToolResult`, that result wrapped, its
 * structured part alone and flattened, or the metadata beside an empty output.
 * @param metadata what the host calls the answer's metadata, where it hands that out apart.
 * @returns null while there is nothing to read.
 */
export function toolAnswerOf(output: unknown, metadata?: unknown): ToolAnswer | null {
  const beside = fieldsOf(metadata);
  const answer = isText(output) ? fromText(output) : isObject(output) ? fromObject(output) : null;
  if (!answer && isResult(unwrapped(beside))) return fromObject(beside);
  if (!answer && !(ERROR_MARK in beside)) return null;
  const meta = { ...beside, ...answer?.meta };
  const failed = answer?.failed === true || ERROR_MARK in meta;
  return { failed, data: answer?.data ?? null, text: answer?.text || (failed ? reasonIn(meta) : ""), meta };
}

const isPending = isShape({
  pending: isShape({
    kind: isOneOf("approval", "job"),
    id: isText,
    url: isText,
    ask: isText,
    expiresAt: isNullOr(isText),
    /** What will happen, or what is being done. */
    sentence: isAbsentOr(isText),
  }),
});
/** What a call waits for that is not done yet: the person's decision, or its own work. */
export type Pending = Guarded<typeof isPending>["pending"];

/** What an answer waits for; null for one that is complete. Any tool may answer so, whatever its own answer looks like. */
export const pendingIn = ({ failed, data }: Pick<ToolAnswer, "failed" | "data">): Pending | null =>
  !failed && isPending(data) ? data.pending : null;
