import { useMemo } from "react";
import { isObject } from "./guards.ts";
import { useHost, useHostState } from "./host-context.ts";
import type { DisplayMode } from "./host-state.ts";
import type { ToolAnswer } from "./tool-answer.ts";

/** What `useOpenAi` returns: the answer's own members, what the host says, and what it can be asked for. */
export interface OpenAi {
  readonly toolOutput: unknown;
  readonly toolInput: unknown;
  readonly theme: "light" | "dark" | null;
  readonly locale: string | null;
  readonly displayMode: DisplayMode;
  /** @throws Error when the host refuses. */
  readonly callTool: (name: string, args: Readonly<Record<string, unknown>>) => Promise<ToolAnswer>;
  readonly sendMessage: (prompt: string) => Promise<void>;
  /** @throws Error when the host does not open it. */
  readonly openLink: (href: string) => Promise<void>;
  readonly requestFullscreen: () => Promise<void>;
  /** The answer's structured part, member by member, and the whole as `structuredContent`. */
  readonly [member: string]: unknown;
}

/** The host's API by the names of mcp2's hook, in every host: an answer reads the same wherever it was put. */
export function useOpenAi(): OpenAi {
  const host = useHost();
  const { answer, toolOutput, toolInput, theme, locale, displayMode } = useHostState();
  const methods = useMemo(
    () => ({
      callTool: host.callTool,
      sendMessage: host.sendMessage,
      openLink: host.openLink,
      requestFullscreen: () => host.requestDisplayMode("fullscreen"),
    }),
    [host],
  );
  const data = answer?.data ?? null;
  return {
    ...(isObject(toolOutput) ? toolOutput : {}),
    ...data,
    ...(data ? { structuredContent: data } : {}),
    toolOutput,
    toolInput,
    theme,
    locale,
    displayMode,
    ...methods,
  };
}
