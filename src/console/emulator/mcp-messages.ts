import {
  type Guard,
  type Guarded,
  isAbsentOr,
  isFlag,
  isListOf,
  isNumber,
  isObject,
  isShape,
  isText,
} from "../../ui/guards.ts";

/*
 * What the server answers over MCP, as far as a host reads it. Extra members are let through, so that the messages
 * beside the widget stay what they were.
 */

/** Members of a message. */
export type Fields = Readonly<Record<string, unknown>>;

export const isListedTool = isShape({
  name: isText,
  title: isAbsentOr(isText),
  description: isAbsentOr(isText),
  inputSchema: isObject,
  annotations: isAbsentOr(isObject),
  _meta: isAbsentOr(isObject),
});
/** A tool as `tools/list` names it (MCP server/tools). */
export type ListedTool = Guarded<typeof isListedTool>;

export const isToolList = isShape({ tools: isListOf(isListedTool) });

export const isCallAnswer = isShape({
  content: isAbsentOr(isListOf(isObject)),
  isError: isAbsentOr(isFlag),
  _meta: isAbsentOr(isObject),
});
/** A `CallToolResult`. */
export type CallAnswer = Guarded<typeof isCallAnswer>;

const isContents = isShape({
  uri: isText,
  mimeType: isAbsentOr(isText),
  text: isAbsentOr(isText),
  _meta: isAbsentOr(isObject),
});

export const isResourceAnswer = isShape({ contents: isListOf(isContents) });
/** One page of a `resources/read` answer. */
export type ResourceContents = Guarded<typeof isContents>;

const isRpcError = isShape({ code: isNumber, message: isText });

/** The end of a request, as JSON-RPC 2.0 §5 says it. */
export const isRpcFailure = isShape({ error: isRpcError });
export const isRpcSuccess = isShape({ result: isObject });

/** Reads a member of an object of unknown shape. */
export const memberOf = <T>(value: unknown, name: string, guard: Guard<T>): T | undefined => {
  const member = isObject(value) ? value[name] : undefined;
  return guard(member) ? member : undefined;
};
