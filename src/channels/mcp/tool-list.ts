import type { Tool } from "@modelcontextprotocol/server";
import type { JsonObject } from "../../kernel/json.ts";
import { orPending } from "../../kernel/pending.ts";
import type { ToolFacts } from "../../kernel/tool.ts";
import { hashedUri, plainUri, type WidgetSource } from "./widgets.ts";

/** What the list needs to know of a tool. */
export interface ListedTool extends ToolFacts {
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
}

/**
 * Where a tool's page is, in every dialect: MCP Apps reads `ui.resourceUri`, hosts of its drafts the flat key, older
 * ChatGPT `openai/outputTemplate`. Any widget may call any tool that is listed: the same scopes, policy and receipt
 * apply as when the model calls it.
 */
function widgetMeta({ widget }: ListedTool, source: WidgetSource): JsonObject {
  const visibility = ["model", "app"];
  if (widget === undefined) return { ui: { visibility }, "openai/widgetAccessible": true };
  const resourceUri = hashedUri(source, widget);
  return {
    ui: { resourceUri, visibility },
    "ui/resourceUri": resourceUri,
    "openai/outputTemplate": plainUri(widget),
    "openai/widgetAccessible": true,
    "openai/resultCanProduceWidget": true,
  };
}

const labelMeta = (tool: ListedTool): JsonObject =>
  tool.labels === undefined
    ? {}
    : { "openai/toolInvocation/invoking": tool.labels.invoking, "openai/toolInvocation/invoked": tool.labels.invoked };

/** How people ask for it: whoever builds or tests a tool has words at hand. */
const examplesMeta = ({ examples }: ListedTool): JsonObject =>
  examples.length === 0 ? {} : { "bellhop/examples": [...examples] };

/** A JSON Schema whose root is an object, as MCP asks of both schemas of a tool. */
const objectSchema = (schema: JsonObject): { type: "object" } & JsonObject => ({ ...schema, type: "object" });

/**
 * A tool as `tools/list` names it (MCP 2026-07-28, server/tools). `securitySchemes` stands at the top and in `_meta`:
 * ChatGPT reads the first, and some proxies keep only the second.
 */
export function describeTool(tool: ListedTool, source: WidgetSource): Tool {
  const securitySchemes = [{ type: "oauth2", scopes: [...tool.scopes] }];
  const listed = {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: objectSchema(tool.inputSchema),
    // Any call may be answered with what it waits for.
    outputSchema: objectSchema(orPending(tool.outputSchema)),
    annotations: {
      title: tool.title,
      readOnlyHint: tool.effect === "read",
      destructiveHint: tool.destructive,
      idempotentHint: tool.idempotent,
      openWorldHint: tool.openWorld,
    },
    securitySchemes,
    _meta: { securitySchemes, ...widgetMeta(tool, source), ...labelMeta(tool), ...examplesMeta(tool) },
  };
  return listed;
}
