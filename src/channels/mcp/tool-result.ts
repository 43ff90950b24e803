import type { CallToolResult } from "@modelcontextprotocol/server";
import type { AppError } from "../../kernel/errors.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import type { ToolAnswer } from "../../kernel/tool.ts";

const RECEIPT = "bellhop/receiptId";

const isObject = (data: Json): data is JsonObject => typeof data === "object" && data !== null && !Array.isArray(data);

/** A tool's answer: complete as text, structured beside it, and the receipt's id in `_meta`. */
export const answerResult = (answer: ToolAnswer<Json>, receiptId: string): CallToolResult => ({
  content: [{ type: "text", text: answer.text }],
  ...(isObject(answer.data) ? { structuredContent: { ...answer.data } } : {}),
  _meta: { ...answer.meta, [RECEIPT]: receiptId },
});

/**
 * A failed call as a tool result: what happened, what to do next, and the request id to quote
 * (MCP server/tools, Error Handling: the model reads it and can correct itself).
 * @param challenge the `WWW-Authenticate` value when the person must link or grant more; ChatGPT opens its dialog on it.
 */
export function errorResult(error: AppError, receiptId: string, requestId: string, challenge?: string): CallToolResult {
  const text = `${error.message} ${error.next} (${error.code}, request ${requestId})`;
  return {
    isError: true,
    content: [{ type: "text", text }],
    _meta: {
      [RECEIPT]: receiptId,
      // The reason stands here, too: ChatGPT's older bridge hands a widget the metadata and no text.
      "bellhop/error": { ...error.details, code: error.code, message: text },
      ...(challenge === undefined ? {} : { "mcp/www_authenticate": [challenge] }),
    },
  };
}
