import type { Tool } from "@modelcontextprotocol/server";
import type { JsonObject } from "../../kernel/json.ts";
import type { ToolFacts } from "../../kernel/tool.ts";
import { widgetUri } from "./widgets.ts";

/** What the list needs to know of a tool. */
export interface ListedTool extends ToolFacts {
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
}

/**
 * Keys of the older ChatGPT widgets; hosts that do not know them pass over them. Any widget may call any tool that is
 * listed: the same scopes, policy and receipt apply as when the model calls it.
 */
const widgetMeta = (tool: ListedTool): JsonObject => ({
  "openai/widgetAccessible": true,
  ...(tool.widget === undefined
    ? {}
    : { "openai/outputTemplate": widgetUri(tool.widget), "openai/resultCanProduceWidget": true }),
});

const labelMeta = (tool: ListedTool): JsonObject =>
  tool.labels === undefined
    ? {}
    : { "openai/toolInvocation/invoking": tool.labels.invoking, "openai/toolInvocation/invoked": tool.labels.invoked };

/** A JSON Schema whose root is an object, as MCP asks of both schemas of a tool. */
const objectSchema = (schema: JsonObject): { type: "object" } & JsonObject => ({ ...schema, type: "object" });

/**
 * A tool as `tools/list` names it (MCP 2026-07-28, server/tools). `securitySchemes` stands at the top and in `_meta`:
 * ChatGPT reads the first, and some proxies keep only the second.
 */
export function describeTool(tool: ListedTool): Tool {
  const securitySchemes = [{ type: "oauth2", scopes: [...tool.scopes] }];
  const listed = {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: objectSchema(tool.inputSchema),
    outputSchema: objectSchema(tool.outputSchema),
    annotations: {
      title: tool.title,
      readOnlyHint: tool.effect === "read",
      destructiveHint: tool.destructive,
      idempotentHint: tool.idempotent,
      openWorldHint: tool.openWorld,
    },
    securitySchemes,
    _meta: { securitySchemes, ...widgetMeta(tool), ...labelMeta(tool) },
  };
  return listed;
}
