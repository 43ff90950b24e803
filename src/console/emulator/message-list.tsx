import { useClipboard } from "@mantine/hooks";
import { type ToggleEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Segments } from "../parts/segments.tsx";
import { jsonText, jsonView } from "./json-view.ts";
import type { LogEntry, MessageLog } from "./message-log.ts";

type Lane = "all" | "server" | "widget";

const LANES: readonly { readonly value: Lane; readonly words: string }[] = [
  { value: "all", words: "All" },
  { value: "server", words: "Server" },
  { value: "widget", words: "Widget" },
];

const COPIED_MS = 2000;
/** In CSS pixels. */
const NEAR_END = 24;

const inLane = (lane: Lane, { from, to }: LogEntry): boolean => lane === "all" || from === lane || to === lane;

/** Hours to milliseconds, in the person's own time. */
function clock(at: number): string {
  const date = new Date(at);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0"));
  return `${parts.join(":")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function CopyButton({ what, text }: { readonly what: string; readonly text: () => string }) {
  const clipboard = useClipboard({ timeout: COPIED_MS });
  return (
    <button type="button" className="text-button small" onClick={() => clipboard.copy(text())}>
      {clipboard.copied ? "Copied" : "Copy"}
      <span className="is-hidden-to-eyes">&nbsp;{what}</span>
    </button>
  );
}

/** One message: who spoke to whom, when, what; the whole of it once it is opened. */
function Message({ entry, onToggle }: { readonly entry: LogEntry; readonly onToggle: () => void }) {
  const [opened, setOpened] = useState(false);
  const { from, to, title, note, at, message } = entry;
  function toggle({ currentTarget }: ToggleEvent<HTMLDetailsElement>): void {
    setOpened(currentTarget.open);
    onToggle();
  }
  return (
    <li>
      <details className="message" onToggle={toggle}>
        <summary>
          <span className="message-who">
            {from} <span aria-label="to">→</span> {to}
          </span>
          <span className="message-title mono">{title}</span>
          <span className="message-note numbers">
            {note !== "" && `${note} · `}
            <time dateTime={new Date(at).toISOString()}>{clock(at)}</time>
          </span>
        </summary>
        {opened && (
          <div className="message-body">
            <CopyButton what={title} text={() => jsonText(message)} />
            <pre className="mono" dir="ltr" tabIndex={0} aria-label={`${title}, whole`}>
              {jsonView(message)}
            </pre>
          </div>
        )}
      </details>
    </li>
  );
}

/** Everything that was said between server, host and widget, in order; the newest stays in view. */
export function MessageList({ log }: { readonly log: MessageLog }) {
  const entries = useSyncExternalStore(log.subscribe, log.entries);
  const [lane, setLane] = useState<Lane>("all");
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const lastTop = useRef(0);
  const shown = entries.filter((entry) => inLane(lane, entry));

  // After every change: what is new comes into view, unless the person has scrolled back.
  useEffect(() => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  });

  /** Only the person scrolls back; what is new makes the list longer before its end is scrolled to. */
  function remember(): void {
    const element = list.current;
    if (element === null) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    if (scrollTop < lastTop.current) atEnd.current = false;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END) atEnd.current = true;
    lastTop.current = scrollTop;
  }

  /** Who opens a message wants to read it. */
  const stay = (): void => {
    atEnd.current = false;
  };

  return (
    <section className="messages" aria-labelledby="messages">
      <div className="messages-heading">
        <h2 id="messages">Messages</h2>
        <div className="actions is-quiet">
          <CopyButton what="all messages" text={() => jsonText(shown)} />
          <button type="button" className="text-button small" onClick={log.clear}>
            Clear
          </button>
        </div>
      </div>
      <Segments title="Messages with" value={lane} options={LANES} onChoose={setLane} />
      {shown.length === 0 ? (
        <p className="small quiet">Nothing has been said yet.</p>
      ) : (
        <ol ref={list} className="message-list" onScroll={remember}>
          {shown.map((entry) => (
            <Message key={entry.id} entry={entry} onToggle={stay} />
          ))}
        </ol>
      )}
    </section>
  );
}
