import { type ReactNode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import type { Guard } from "./guards.ts";
import { connectHost } from "./host.ts";
import { HostContext, useHostState } from "./host-context.ts";
import { PATIENCE_MS } from "./patience.ts";
import { Card } from "./pieces/card.tsx";
import { OwnWords } from "./pieces/own-words.tsx";
import { PendingNote } from "./pieces/pending-note.tsx";
import { TroubleNote } from "./pieces/trouble-note.tsx";
import { pendingIn } from "./tool-answer.ts";

interface WidgetDefinition<Data> {
  /** What it shows, in a word or two: "Items". */
  readonly title: string;
  /** The shape of the answer that it can draw. */
  readonly shape: Guard<Data>;
  /** Draws the answer. Text from it is drawn as text. */
  readonly View: (props: { readonly data: Data }) => ReactNode;
}

const Note = ({ children }: { readonly children: ReactNode }) => (
  <p role="status" className="quiet">
    {children}
  </p>
);

/** Lines where the answer will be; after a while, a word that it may not come. */
function Waiting() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (late)
    return <Note>No answer has come yet. It is shown here if it does; you can also ask the assistant again.</Note>;
  return (
    <div role="status" className="waiting">
      <span className="is-hidden-to-eyes">Waiting for the answer</span>
      <span className="bar" />
      <span className="bar" />
    </div>
  );
}

function Content<Data>({ shape, View }: WidgetDefinition<Data>) {
  const { phase, answer } = useHostState();
  if (phase === "cancelled") return <Note>The call was cancelled.</Note>;
  if (phase === "alone") return <Note>This card shows an answer inside an assistant.</Note>;
  if (answer === null) return <Waiting />;
  const { failed, data, text } = answer;
  if (failed)
    return (
      <TroubleNote
        heading="This did not work."
        reason={text || "No reason was given. Ask the assistant to try again."}
      />
    );
  const pending = pendingIn(answer);
  if (pending) return <PendingNote pending={pending} />;
  if (shape(data)) return <View data={data} />;
  if (text !== "") return <OwnWords text={text} />;
  return <Note>The answer came in a form that this card does not know.</Note>;
}

/** Shows a widget in its page: waiting, answered, failed, cancelled, or without any host. */
export function showWidget<Data>(widget: WidgetDefinition<Data>): void {
  const root = document.getElementById("root");
  if (root === null) throw new Error("The page has no place for the widget.");
  createRoot(root).render(
    <HostContext value={connectHost(window, widget.title)}>
      <Card title={widget.title}>
        <Content {...widget} />
      </Card>
    </HostContext>,
  );
}
