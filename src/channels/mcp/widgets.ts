import { createHash } from "node:crypto";
import type { ReadResourceResult, Resource } from "@modelcontextprotocol/server";
import { ResourceNotFoundError } from "@modelcontextprotocol/server";
import type { JsonObject } from "../../kernel/json.ts";
import type { Channel } from "../../kernel/principal.ts";
import type { ToolFacts, Widget } from "../../kernel/tool.ts";

/** MIME type of MCP Apps (SEP-1865, "UI Resource Format"). */
const MCP_APP = "text/html;profile=mcp-app";
/** MIME type of the older ChatGPT widgets, as the published addresses promise it. */
const SKYBRIDGE = "text/html+skybridge";

/** A built page, complete in one file. */
interface WidgetPage {
  readonly hash: string;
  readonly content: string;
}

/** What the widget resources are made from. */
export interface WidgetSource {
  readonly widgets: readonly Widget[];
  /** Tools that show a widget: their labels stand in its metadata. */
  readonly tools: readonly ToolFacts[];
  /** The page of this build; file names are `<widget>.html`. */
  current(file: string): WidgetPage | null;
  /** A page of any build. */
  find(file: string, hash: string): Promise<WidgetPage | null>;
}

/** Who reads a page: hosts differ in what they want to know of it. */
export interface WidgetReader {
  readonly channel: Channel;
  /** The address that the person gave the host, as it was given. */
  readonly mcpUrl: string;
}

/** The address that mcp2 published; it always shows the widget of today. */
export const plainUri = (name: string): string => `ui://widget/${name}.html`;

/** The address of one build's page: hosts keep what they read under its address, so a new page needs a new one. */
export const hashedUri = (source: WidgetSource, name: string): string =>
  `ui://widget/${name}.${source.current(`${name}.html`)?.hash ?? "missing"}.html`;

const ADDRESS = /^ui:\/\/widget\/([a-z0-9-]+)(?:\.([0-9a-f]+))?\.html$/;

/** `resources/list`: each widget for MCP Apps and for older ChatGPT. */
export const listWidgets = (source: WidgetSource): Resource[] =>
  source.widgets.flatMap(({ name, title, description }) => [
    { uri: hashedUri(source, name), name: title, description, mimeType: MCP_APP },
    { uri: plainUri(name), name: title, description, mimeType: SKYBRIDGE },
  ]);

/**
 * The origin on which a host is asked to show the page; each has its own form (MCP Apps, "UI Resource Meta": domain).
 * Claude wants a name derived from the connector's address, ChatGPT an https origin that no other app has.
 * @returns nothing where the host chooses for itself.
 */
function domainFor({ channel, mcpUrl }: WidgetReader): string | undefined {
  if (channel === "claude")
    return `${createHash("sha256").update(mcpUrl).digest("hex").slice(0, 32)}.claudemcpcontent.com`;
  const { origin, protocol } = new URL(mcpUrl);
  return channel === "chatgpt" && protocol === "https:" ? origin : undefined;
}

/** What every host learns of a page, in both dialects. A page loads nothing and connects to nothing: it asks its host. */
function pageMeta(reader: WidgetReader, widget: Widget | undefined): JsonObject {
  const domain = domainFor(reader);
  return {
    ui: {
      csp: { connectDomains: [], resourceDomains: [] },
      prefersBorder: true,
      ...(domain === undefined ? {} : { domain }),
    },
    "openai/widgetCSP": { connect_domains: [], resource_domains: [] },
    "openai/widgetPrefersBorder": true,
    ...(domain === undefined || reader.channel !== "chatgpt" ? {} : { "openai/widgetDomain": domain }),
    ...(widget === undefined ? {} : { "openai/widgetDescription": widget.description }),
  };
}

/** What mcp2's resources said beside it. */
function plainMeta(source: WidgetSource, uri: string, name: string): JsonObject {
  const labels = source.tools.find((tool) => tool.widget === name)?.labels;
  return {
    "openai/outputTemplate": uri,
    "openai/widgetAccessible": true,
    "openai/resultCanProduceWidget": true,
    ...(labels && {
      "openai/toolInvocation/invoking": labels.invoking,
      "openai/toolInvocation/invoked": labels.invoked,
    }),
  };
}

/**
 * `resources/read`: the page of this build, or of any build before it. The answer depends on who asks.
 * @throws ResourceNotFoundError naming the address that was asked for.
 */
export async function readWidget(source: WidgetSource, uri: string, reader: WidgetReader): Promise<ReadResourceResult> {
  const [, name = "", hash] = ADDRESS.exec(uri) ?? [];
  const page = hash === undefined ? source.current(`${name}.html`) : await source.find(`${name}.html`, hash);
  if (!page) throw new ResourceNotFoundError(uri);
  const meta = pageMeta(
    reader,
    source.widgets.find((widget) => widget.name === name),
  );
  const contents =
    hash === undefined
      ? { uri, mimeType: SKYBRIDGE, text: page.content, _meta: { ...meta, ...plainMeta(source, uri, name) } }
      : { uri, mimeType: MCP_APP, text: page.content, _meta: meta };
  return { contents: [contents] };
}
