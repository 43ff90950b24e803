import type { ReadResourceResult, Resource } from "@modelcontextprotocol/server";
import { ResourceNotFoundError } from "@modelcontextprotocol/server";
import type { ToolFacts, Widget } from "../../kernel/tool.ts";

/** MIME type of the older ChatGPT widgets, as the published addresses promise it. */
const SKYBRIDGE = "text/html+skybridge";

/** The published address of a widget. */
export const widgetUri = (name: string): string => `ui://widget/${name}.html`;

/** What the widget resources are made from. */
export interface WidgetSource {
  readonly widgets: readonly Widget[];
  /** Tools that show a widget: their labels stand in its metadata. */
  readonly tools: readonly ToolFacts[];
  /** The built page: complete in one file. */
  page(name: string): string;
}

/** `resources/list`. */
export const listWidgets = (source: WidgetSource): Resource[] =>
  source.widgets.map((widget) => ({
    uri: widgetUri(widget.name),
    name: widget.title,
    description: widget.description,
    mimeType: SKYBRIDGE,
  }));

/** `resources/read`. @throws ResourceNotFoundError naming the address that was asked for. */
export function readWidget(source: WidgetSource, uri: string): ReadResourceResult {
  const widget = source.widgets.find((one) => widgetUri(one.name) === uri);
  if (!widget) throw new ResourceNotFoundError(uri);
  const labels = source.tools.find((tool) => tool.widget === widget.name)?.labels;
  return {
    contents: [
      {
        uri,
        mimeType: SKYBRIDGE,
        text: source.page(widget.name),
        _meta: {
          "openai/outputTemplate": uri,
          "openai/widgetDescription": widget.description,
          "openai/widgetAccessible": true,
          "openai/resultCanProduceWidget": true,
          "openai/widgetCSP": { connect_domains: [], resource_domains: [] },
          ...(labels
            ? { "openai/toolInvocation/invoking": labels.invoking, "openai/toolInvocation/invoked": labels.invoked }
            : {}),
        },
      },
    ],
  };
}
