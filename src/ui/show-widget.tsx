import type { ReactNode } from "react";
import { createRoot } from "react-dom/client";
import type { Guard } from "./guards.ts";
import { type CallState, type Host, connectHost } from "./host.ts";
import { useToolOutput } from "./use-tool-output.ts";

interface WidgetDefinition<Data> {
  /** What it shows, in a word or two: "Items". */
  readonly title: string;
  /** The shape of the answer that it can draw. */
  readonly shape: Guard<Data>;
  /** Draws the answer. Text from it is drawn as text. */
  readonly draw: (data: Data) => ReactNode;
}

const Waiting = () => (
  <div role="status" className="waiting">
    <span className="is-hidden-to-eyes">Waiting for the answer</span>
    <span className="bar" />
    <span className="bar" />
  </div>
);

const Note = ({ children }: { readonly children: ReactNode }) => (
  <p role="status" className="note">
    {children}
  </p>
);

/** The reason in the tool's own words, which say what happened and what to do next. */
const Trouble = ({ text }: { readonly text: string }) => (
  <div role="alert" className="trouble">
    <strong>This did not work.</strong>
    <p className="own-words">{text === "" ? "No reason was given. Ask the assistant to try again." : text}</p>
  </div>
);

function content<Data>(state: CallState, widget: WidgetDefinition<Data>): ReactNode {
  if (state.phase === "waiting") return <Waiting />;
  if (state.phase === "cancelled") return <Note>The call was cancelled.</Note>;
  if (state.phase === "alone") return <Note>This card shows an answer inside an assistant.</Note>;
  const { failed, data, text } = state.answer;
  if (failed) return <Trouble text={text} />;
  if (widget.shape(data)) return widget.draw(data);
  if (text !== "") return <p className="own-words">{text}</p>;
  return <Note>The answer came in a form that this card does not know.</Note>;
}

function WidgetPage<Data>({ host, widget }: { readonly host: Host; readonly widget: WidgetDefinition<Data> }) {
  return (
    <main aria-label={widget.title} tabIndex={0}>
      {content(useToolOutput(host), widget)}
    </main>
  );
}

/** Shows a widget in its page: waiting, answered, failed, cancelled, or without any host. */
export function showWidget<Data>(widget: WidgetDefinition<Data>): void {
  const root = document.getElementById("root");
  if (root === null) throw new Error("The page has no place for the widget.");
  createRoot(root).render(<WidgetPage host={connectHost(window, widget.title)} widget={widget} />);
}
