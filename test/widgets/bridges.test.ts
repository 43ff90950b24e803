import assert from "node:assert/strict";
import { test } from "node:test";
import { bundle, hosts, openStage, pageAround } from "../host/stage.ts";
import { failureOf, resultOf } from "./answers.ts";

const answer = resultOf("hi", { text: "hi" });

test("a widget made with ext-apps' own App works in our hosts, so they speak as hosts do", async (t) => {
  const stage = await openStage(t);
  const html = pageAround(await bundle(import.meta.resolve("../host/official-app.ts")));
  stage.answer(() => answer);
  for (const kind of ["chatgpt", "claude", "mcp-apps"] as const) {
    const frame = await stage.show({
      kind,
      html,
      toolInput: { filter: "x" },
      view: { theme: "dark", locale: "fr-FR" },
    });
    const says = (text: string | RegExp) => frame.getByText(text).first().waitFor();
    await says(/^host \S+ dark inline fr-FR$/);
    await says('input {"filter":"x"}');
    await stage.sendResult(answer);
    await says('result {"text":"hi"}');
    await frame.getByRole("button", { name: "call" }).click();
    await says(/^call: .*"structuredContent":\{"text":"hi"\}/);
    await frame.getByRole("button", { name: "link" }).click();
    await says("link: {}");
    await frame.getByRole("button", { name: "message" }).click();
    await says("message: {}");
    await frame.getByRole("button", { name: "context" }).click();
    await says("context: {}");
    await frame.getByRole("button", { name: "large" }).click();
    await says(kind === "mcp-apps" ? 'large: {"mode":"inline"}' : 'large: {"mode":"fullscreen"}');
    await stage.update({ theme: "light" });
    await says(/^context light/);
    await stage.cancel("user action");
    await says("cancelled user action");
    stage.answer(() => Promise.reject(new Error("The person declined.")));
    await frame.getByRole("button", { name: "call" }).click();
    await says(/^call failed: .*The person declined\./);
    stage.answer(() => answer);
    await stage.teardown();
    await stage.untilSaid(/"result":\{\}.*"id":"teardown"/);
  }
  assert.deepEqual(stage.sent, ["hello", "hello", "hello"]);
});

test("a widget as mcp2's were written, on useOpenAi and useWidgetState, works in every host", async (t) => {
  const stage = await openStage(t);
  const html = pageAround(
    await bundle(import.meta.resolve("../host/mcp2-widget.tsx"), {
      react: "preact/compat",
      "react-dom": "preact/compat",
    }),
  );
  stage.answer(() => answer);
  for (const [name, host] of Object.entries(hosts)) {
    const frame = await stage.show({
      ...host,
      html,
      toolInput: { text: "asked" },
      result: answer,
      view: { locale: "fr-FR" },
    });
    const says = (text: string) => frame.getByText(text, { exact: true }).waitFor();
    await says('data "hi"');
    await says('flat "hi"');
    await says('input {"text":"asked"}');
    await says("look light inline fr-FR");
    await says('state {"selectedId":null,"loading":false}');
    await frame.getByRole("button", { name: "select" }).click();
    await says('state {"selectedId":"hi","loading":false}');
    await frame.getByRole("button", { name: "link" }).click();
    await stage.until(() => stage.opened.splice(0).length === 1);
    await frame.getByRole("button", { name: "message" }).click();
    await stage.until(() => stage.sent.splice(0).join() === "hello");
    await frame.getByRole("button", { name: "large" }).click();
    await says(`look light ${name === "mcp-apps" ? "inline" : "fullscreen"} fr-FR`);
  }
});

test("in ChatGPT with both bridges, the whole answer wins over its flattened part, whichever comes last", async (t) => {
  const stage = await openStage(t);
  const frame = await stage.show({ kind: "chatgpt", widget: "echo", result: failureOf("The whole reason.") });
  await frame.getByText("The whole reason.").waitFor();
  await stage.update({ theme: "dark" });
  await stage.page.evaluate(() =>
    window.stage
      .widget()
      .frame.contentWindow?.postMessage({ openai: { globals: { toolOutput: { text: "flattened" } } } }, "*"),
  );
  await stage.post({ jsonrpc: "2.0", id: "ping", method: "ping" });
  await stage.untilSaid(/"id":"ping","result":\{\}/);
  await frame.getByText("The whole reason.").waitFor();
});
