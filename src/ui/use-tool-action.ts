import { useRef, useState } from "react";
import { useHost } from "./host-context.ts";
import { PATIENCE_MS } from "./patience.ts";
import { type Pending, pendingIn, type ToolAnswer } from "./tool-answer.ts";

/** A call that a person makes from a widget. */
export interface ToolRequest {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Why a call came to nothing, in words to show. */
export interface Trouble {
  readonly heading: string;
  readonly reason: string;
}

/** Where the last call stands. */
export interface ToolAction {
  readonly running: boolean;
  readonly trouble: Trouble | null;
  /** What was done, in the tool's own words; empty until something was. */
  readonly done: string;
  /** What the last call waits for, where it is not done yet. */
  readonly waits: Pending | null;
  /** Begins a call; while one runs, another is not begun. */
  start(request: ToolRequest): void;
  /** Begins the last call again. */
  again(): void;
}

const refused = (reason: string): Trouble => ({
  heading: "This did not happen.",
  reason: reason || "No reason was given. Ask the assistant to try.",
});

const UNANSWERED: Trouble = { heading: "No answer came.", reason: "It may have happened all the same." };
const UNPROVEN: Trouble = { heading: "This is not certain.", reason: "The answer does not say that it happened." };

const IDLE = { running: false, trouble: null, done: "", waits: null } as const;

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : "");

/**
 * Calls a tool through the host, as the person who presses a button. Only the tool's own word makes it a success; an
 * answer that comes later than anyone waits is still taken, unless the person has tried again since.
 * @param succeeded looks at the answer's data, takes over what changed, and returns false when it proves nothing.
 */
export function useToolAction(succeeded: (data: ToolAnswer["data"]) => boolean): ToolAction {
  const host = useHost();
  const [state, setState] = useState<Omit<ToolAction, "start" | "again">>(IDLE);
  const attempts = useRef<ToolRequest[]>([]);
  const pending = useRef(false);

  function start(request: ToolRequest): void {
    if (pending.current) return;
    const attempt = attempts.current.push(request);
    pending.current = true;
    setState({ ...IDLE, running: true });
    const end = (trouble: Trouble | null, done = "", waits: Pending | null = null): void => {
      if (attempts.current.length !== attempt) return;
      pending.current = false;
      setState({ running: false, trouble, done, waits });
    };
    const timer = setTimeout(() => end(UNANSWERED), PATIENCE_MS);
    const take = ({ failed, text, data }: ToolAnswer): void => {
      if (failed) return end(refused(text));
      const waits = pendingIn({ failed, data });
      if (waits) return end(null, "", waits);
      if (!succeeded(data)) return end(UNPROVEN);
      host.tellAssistant(text);
      end(null, text || "Done.");
    };
    host
      .callTool(request.tool, request.args)
      .then(take, (thrown: unknown) => end(refused(messageOf(thrown))))
      .finally(() => clearTimeout(timer));
  }

  const again = (): void => {
    const last = attempts.current.at(-1);
    if (last) start(last);
  };
  return { ...state, start, again };
}
