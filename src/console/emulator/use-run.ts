import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { HostKind } from "../../ui/emulated-host/host-kinds.ts";
import { isText } from "../../ui/guards.ts";
import { pendingIn, toolAnswerOf } from "../../ui/tool-answer.ts";
import { ApiError, isSignedOut } from "../api.ts";
import { endSession } from "../queries.ts";
import { type Conditions, underConditions } from "./call-conditions.ts";
import type { EmulatedTool } from "./emulated-tool.ts";
import type { Answered, McpClient } from "./mcp-client.ts";
import { type CallAnswer, type Fields, memberOf } from "./mcp-messages.ts";

/** How far a call is; `ended` without an answer: stopped, denied, or in error. */
export type Progress =
  | { readonly state: "running" }
  | { readonly state: "answered"; readonly answered: Answered<CallAnswer> }
  | { readonly state: "ended"; readonly reason: Error };

/** One call of the person, and what came of it. */
export interface Run {
  readonly id: number;
  readonly toolName: string;
  readonly args: Fields;
  /** What the person is shown to have said. */
  readonly words: string;
  /** The kind of host that called. */
  readonly host: HostKind;
  readonly progress: Progress;
}

/** One call that the server answered, whether the person or the widget made it. */
export interface AnsweredCall {
  readonly id: number;
  readonly toolName: string;
  readonly failed: boolean;
  /** True where it was answered with what it waits for. */
  readonly waits: boolean;
  readonly ms: number;
  readonly receiptId: string | null;
  readonly requestId: string | null;
}

interface RunParts {
  readonly client: McpClient;
  readonly host: HostKind;
  readonly conditions: Conditions;
}

const answeredCallOf = (
  id: number,
  toolName: string,
  { result, ms, requestId }: Answered<CallAnswer>,
): AnsweredCall => ({
  id,
  toolName,
  failed: result.isError === true,
  waits: pendingIn(toolAnswerOf(result) ?? { failed: false, data: null }) !== null,
  ms,
  receiptId: memberOf(result._meta, "bellhop/receiptId", isText) ?? null,
  requestId,
});

const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** True for an error that the person has to know of; a call that was stopped or denied went as it was told. */
export const isTrouble = (reason: Error): boolean => reason instanceof ApiError;

/** The calls of one visit: the person's own, one at a time, and those of the widget that it opened. */
export function useRun({ client, host, conditions }: RunParts) {
  const queries = useQueryClient();
  const [run, setRun] = useState<Run | null>(null);
  const [calls, setCalls] = useState<readonly AnsweredCall[]>([]);
  const stopper = useRef(new AbortController());
  const last = useRef(0);
  useEffect(() => () => stopper.current.abort(), []);

  async function call(name: string, args: Fields): Promise<Answered<CallAnswer>> {
    const { signal } = stopper.current;
    try {
      const answered = await underConditions(conditions, signal, () => client.callTool(name, args, signal));
      setCalls((before) => [...before, answeredCallOf(before.length, name, answered)]);
      return answered;
    } catch (thrown) {
      if (isSignedOut(thrown)) endSession(queries);
      throw thrown;
    }
  }

  /** Ends what is under way. */
  function stop(): void {
    stopper.current.abort();
    stopper.current = new AbortController();
  }

  function clear(): void {
    stop();
    setRun(null);
    setCalls([]);
  }

  async function start(tool: EmulatedTool, args: Fields, words: string): Promise<void> {
    clear();
    last.current += 1;
    const id = last.current;
    setRun({ id, toolName: tool.name, args, words, host, progress: { state: "running" } });
    // A call that was left behind changes nothing any more.
    const become = (progress: Progress): void =>
      setRun((current) => (current?.id === id ? { ...current, progress } : current));
    await call(tool.name, args).then(
      (answered) => become({ state: "answered", answered }),
      (thrown: unknown) => become({ state: "ended", reason: errorOf(thrown) }),
    );
  }

  return { run, calls, start, stop, clear, call };
}
