import { type ReactNode, useEffect, useRef } from "react";
import { type HostKind, hostKinds } from "../../ui/emulated-host/host-kinds.ts";
import { type Pending, pendingIn, toolAnswerOf } from "../../ui/tool-answer.ts";
import type { EmulatedTool } from "./emulated-tool.ts";
import type { HostSettings } from "./host-settings.ts";
import type { Run } from "./use-run.ts";

interface ConversationProps {
  readonly host: HostKind;
  readonly settings: HostSettings;
  readonly tool: EmulatedTool;
  readonly run: Run;
  /** How what the call was answered with stands by now; null where the answer says it. */
  readonly stands: string | null;
  /** What the widget wrote into the conversation. */
  readonly said: readonly string[];
  /** The widget, or the words of the answer. */
  readonly children: ReactNode;
}

/** What the call waits for that is not done yet; null for one that is. */
export function pendingOf({ progress }: Run): Pending | null {
  const answer = progress.state === "answered" ? toolAnswerOf(progress.answered.result) : null;
  return answer && pendingIn(answer);
}

/** What ChatGPT says about the call in the tool's own words, and the others in theirs. */
function labelOf({ host, tool, run, stands }: Pick<ConversationProps, "host" | "tool" | "run" | "stands">): string {
  const { progress } = run;
  if (progress.state === "ended") return `${tool.title} did not finish`;
  if (progress.state === "answered" && progress.answered.result.isError === true) return `${tool.title} failed`;
  const pending = pendingOf(run);
  if (pending && stands !== null) return `${tool.title}: ${stands}`;
  if (pending)
    return pending.kind === "job" ? `${tool.title} is still at work` : `${tool.title} waits for your approval`;
  if (host === "chatgpt") return progress.state === "running" ? tool.labels.invoking : tool.labels.invoked;
  return progress.state === "running" ? `Using ${tool.title}` : `Used ${tool.title}`;
}

/** The words of an answer, as the model reads them. */
export function wordsOf(run: Run): string {
  return run.progress.state === "answered" ? (toolAnswerOf(run.progress.answered.result)?.text ?? "") : "";
}

/** The answer in a host that shows no widget. */
export const AnswerWords = ({ run }: { readonly run: Run }) => (
  <p className="talk-words" dir="auto">
    {wordsOf(run)}
  </p>
);

/** On a phone the call is made above the conversation, which is then out of sight. */
function bringIntoView(element: HTMLElement | null): void {
  const box = element?.getBoundingClientRect();
  if (box && (box.top < 0 || box.bottom > window.innerHeight)) void element?.scrollIntoView({ block: "start" });
}

/** A conversation as a host shows it: what the person said, the call, the widget, what the widget said. */
export function Conversation({ host, settings, tool, run, stands, said, children }: ConversationProps) {
  const { theme, width } = settings;
  const section = useRef<HTMLElement>(null);
  useEffect(() => bringIntoView(section.current), []);
  return (
    <section
      ref={section}
      className="conversation"
      aria-label={`As ${hostKinds[host].title} shows it`}
      data-host={host}
      data-theme={theme}
      data-width={width}
      style={{ background: hostKinds[host].background[theme] }}
    >
      <p className="talk-person" dir="auto">
        {run.words}
      </p>
      <p className="talk-tool small" role="status" data-running={run.progress.state === "running"}>
        {labelOf({ host, tool, run, stands })}
      </p>
      {children}
      {said.map((text, index) => (
        <p key={`${index} ${text}`} className="talk-person" dir="auto">
          {text}
        </p>
      ))}
    </section>
  );
}
