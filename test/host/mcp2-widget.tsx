/** Runs in the browser: a widget as mcp2's were written, on the same two hooks. */
import { isObject } from "../../src/ui/guards.ts";
import { showWidget } from "../../src/ui/show-widget.tsx";
import { useOpenAi } from "../../src/ui/use-open-ai.ts";
import { useWidgetState } from "../../src/ui/use-widget-state.ts";

interface WidgetState {
  readonly selectedId: string | null;
  readonly loading: boolean;
}

const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);

function View() {
  const toolOutput = useOpenAi();
  const [widgetState, setWidgetState] = useWidgetState<WidgetState>(() => ({ selectedId: null, loading: false }));
  const data = toolOutput?.structuredContent || member(toolOutput?.result, "structuredContent") || toolOutput;
  const { callTool, sendMessage, openLink, requestFullscreen } = toolOutput;
  const select = async (): Promise<void> => {
    setWidgetState((previous) => ({ ...previous, loading: true }));
    const answer = await callTool("echo", { text: "hi" });
    setWidgetState({ selectedId: String(answer.data?.["text"]), loading: false });
  };
  return (
    <>
      <p>data {JSON.stringify(member(data, "text"))}</p>
      <p>flat {JSON.stringify(toolOutput["text"])}</p>
      <p>input {JSON.stringify(toolOutput.toolInput)}</p>
      <p>look {`${toolOutput.theme} ${toolOutput.displayMode} ${toolOutput.locale}`}</p>
      <p>state {JSON.stringify(widgetState)}</p>
      <button onClick={() => void select()}>select</button>
      <button onClick={() => void openLink("https://example.com/")}>link</button>
      <button onClick={() => void sendMessage("hello")}>message</button>
      <button onClick={() => void requestFullscreen()}>large</button>
    </>
  );
}

showWidget({ title: "Mcp2", shape: isObject, View });
