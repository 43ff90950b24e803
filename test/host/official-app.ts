/** Runs in the browser: a widget made with ext-apps' own App, the independent judge of our emulated hosts. */
import { App } from "@modelcontextprotocol/ext-apps";

const root = document.getElementById("root");
const line = (text: string): void => {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  root?.append(paragraph);
};

const app = new App(
  { name: "Official", version: "1.0.0" },
  { availableDisplayModes: ["inline", "fullscreen"] },
  { autoResize: true },
);
app.ontoolinput = (input) => line(`input ${JSON.stringify(input.arguments)}`);
app.ontoolresult = (result) => line(`result ${JSON.stringify(result.structuredContent)}`);
app.ontoolcancelled = (cancelled) => line(`cancelled ${cancelled.reason}`);
app.onhostcontextchanged = (context) => line(`context ${context.theme} ${context.displayMode}`);
app.onteardown = async () => ({});
await app.connect();

const host = app.getHostVersion();
const context = app.getHostContext();
line(`host ${host?.name} ${context?.theme} ${context?.displayMode} ${context?.locale}`);

const button = (label: string, work: () => Promise<unknown>): void => {
  const element = document.createElement("button");
  element.textContent = label;
  element.addEventListener("click", () => {
    work().then(
      (result) => line(`${label}: ${JSON.stringify(result)}`),
      (error: unknown) => line(`${label} failed: ${error instanceof Error ? error.message : ""}`),
    );
  });
  root?.append(element);
};
button("call", () => app.callServerTool({ name: "echo", arguments: { text: "hi" } }));
button("link", () => app.openLink({ url: "https://example.com/" }));
button("large", () => app.requestDisplayMode({ mode: "fullscreen" }));
button("message", () => app.sendMessage({ role: "user", content: [{ type: "text", text: "hello" }] }));
button("context", () => app.updateModelContext({ content: [{ type: "text", text: "seen" }] }));
