import { isFlag, isListOf, isObject, isText } from "../../ui/guards.ts";
import type { HostKind } from "../../ui/emulated-host/host-kinds.ts";
import { type Fields, type ListedTool, memberOf } from "./mcp-messages.ts";

/** A tool, as the emulator uses it. */
export interface EmulatedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: Fields;
  /** What it says of itself (MCP `readOnlyHint`, `destructiveHint`). */
  readonly effect: "Reads only" | "Changes data" | "May overwrite data";
  /** Address of its page for MCP Apps (`_meta.ui.resourceUri`); null when it has none. */
  readonly appUri: string | null;
  /** Address of its older page for ChatGPT (`openai/outputTemplate`); null when it has none, or the same. */
  readonly olderUri: string | null;
  /** What ChatGPT shows while it runs and when it is done. */
  readonly labels: { readonly invoking: string; readonly invoked: string };
  /** How people ask for it, where the tool says so. */
  readonly examples: readonly string[];
  /** Whether a widget may call it in this kind of host. */
  widgetsMayCall(kind: HostKind): boolean;
}

const isTexts = isListOf(isText);

function effectOf(annotations: unknown): EmulatedTool["effect"] {
  if (memberOf(annotations, "readOnlyHint", isFlag) === true) return "Reads only";
  return memberOf(annotations, "destructiveHint", isFlag) === false ? "Changes data" : "May overwrite data";
}

/** Reads what a host needs from a listed tool. */
export function emulatedTool(tool: ListedTool): EmulatedTool {
  const { name, description = "", inputSchema, annotations, _meta } = tool;
  const ui = memberOf(_meta, "ui", isObject);
  const template = memberOf(_meta, "openai/outputTemplate", isText) ?? null;
  const appUri = memberOf(ui, "resourceUri", isText) ?? null;
  const visibility = memberOf(ui, "visibility", isTexts);
  const title = tool.title ?? name;
  return {
    name,
    title,
    description,
    inputSchema,
    effect: effectOf(annotations),
    appUri,
    olderUri: template === appUri ? null : template,
    labels: {
      invoking: memberOf(_meta, "openai/toolInvocation/invoking", isText) ?? `Calling ${title}...`,
      invoked: memberOf(_meta, "openai/toolInvocation/invoked", isText) ?? `Called ${title}`,
    },
    examples: memberOf(_meta, "bellhop/examples", isTexts) ?? [],
    // MCP Apps, "Resource Discovery": absent means both. ChatGPT's older key decides there where the newer is absent.
    widgetsMayCall: (kind) =>
      visibility?.includes("app") ??
      (kind !== "chatgpt" || memberOf(_meta, "openai/widgetAccessible", isFlag) !== false),
  };
}

/** The page that a kind of host shows for a tool; null where it shows text alone. */
export function pageUriOf(tool: EmulatedTool, kind: HostKind, older: boolean): string | null {
  if (kind !== "chatgpt") return tool.appUri;
  return older ? (tool.olderUri ?? tool.appUri) : (tool.appUri ?? tool.olderUri);
}
