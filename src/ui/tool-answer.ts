import { isListOf, isObject, isShape, isText } from "./guards.ts";

/** A tool's answer, wherever a host put it. */
export interface ToolAnswer {
  /** True when the tool did not succeed: what came with it is a reason, not a result. */
  readonly failed: boolean;
  /** The structured part; null where there is none. */
  readonly data: Readonly<Record<string, unknown>> | null;
  /** The answer in words; empty where there are none. */
  readonly text: string;
}

const isTextBlock = isShape({ type: isText, text: isText });

const textOf = (content: unknown): string =>
  Array.isArray(content)
    ? content
        .filter(isTextBlock)
        .map(({ text }) => text)
        .join("\n")
    : "";

const isContent = isListOf(isObject);

/**
 * Reads an answer. Hosts put the same one in different places: a whole `CallToolResult` (MCP server/tools), that result
 * wrapped in `result`, or its structured part alone, flattened.
 */
export function toolAnswerOf(output: unknown): ToolAnswer | null {
  if (isText(output)) return { failed: false, data: null, text: output };
  if (!isObject(output)) return null;
  if (isObject(output["result"])) return toolAnswerOf(output["result"]);
  const { structuredContent, content, isError } = output;
  const failed = isError === true;
  if (isObject(structuredContent)) return { failed, data: structuredContent, text: textOf(content) };
  if (isContent(content)) return { failed, data: null, text: textOf(content) };
  return { failed, data: output, text: "" };
}
