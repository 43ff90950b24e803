import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page, Route } from "playwright-core";
import { call, choose, goWrong, messageTitles, person, picture, widgetOf } from "./emulator-room.ts";
import { assertAccessible } from "./stage.ts";

/** Answers one method in the server's place. */
async function instead(page: Page, method: string, answer: () => object, status = 200): Promise<void> {
  await page.route("**/api/emulator/*/mcp", (route) =>
    route.request().headers()["mcp-method"] === method
      ? route.fulfill({ status, json: answer(), headers: { "x-request-id": "5f0c1a52-77aa-4c1e-9a57-000000000001" } })
      : route.fallback(),
  );
}

test("the emulator when something is wrong, and its form", { timeout: 280_000 }, async (t) => {
  const { bellhop, open } = await person(t);

  await t.test("when things go wrong: late, failed, denied, never, twice", async (own) => {
    const page = await open(own, "/app/emulator?tool=get-items&host=mcp-apps");
    const widget = widgetOf(page);
    await goWrong(page);

    await page.getByLabel("Every answer 3 s late").check();
    const gate = Promise.withResolvers<void>();
    const held = (route: Route) => gate.promise.then(() => route.fallback());
    await page.route("**/api/emulator/*/mcp", held);
    await call(page);
    await page.getByText("Using List items").waitFor();
    await picture(page, "late");
    const released = Date.now();
    gate.resolve();
    await page.getByText("Used List items").waitFor();
    assert.ok(Date.now() - released >= 3000);
    await page.unroute("**/api/emulator/*/mcp", held);
    await page.getByLabel("Every answer 3 s late").uncheck();

    await page.getByLabel("Calls").selectOption("fail");
    await call(page);
    await page.getByText("List items failed").waitFor();
    await widget.getByText("This call fails because the emulator was told so.").waitFor();
    await page.getByText("No receipt: the server was not asked.").waitFor();
    await picture(page, "failed");

    await page.getByLabel("Calls").selectOption("are denied by the host");
    await call(page);
    await page.getByText("The host did not allow this call.").waitFor();
    await widget.getByText("cancelled").waitFor();

    await page.getByLabel("Calls").selectOption("never answer");
    await call(page);
    await page.getByText("Using List items").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("The call was stopped.").waitFor();
    await widget.getByText("cancelled").waitFor();
    await picture(page, "stopped");

    await page.getByLabel("Calls").selectOption("answer");
    await page.getByLabel("Every result twice").check();
    await page.getByRole("button", { name: "Clear" }).click();
    await call(page);
    await widget.getByText("Trip to Lisbon").waitFor();
    await page.locator(".message-title", { hasText: "tool-result" }).nth(1).waitFor();
    const results = (await messageTitles(page)).filter((title) => title === "ui/notifications/tool-result");
    assert.equal(results.length, 2);
    assert.equal(await widget.getByText("Trip to Lisbon").count(), 1, "the widget shows it once");
  });

  await t.test("an action that the host denies changes nothing in the widget, and it says why", async (own) => {
    const page = await open(own, "/app/emulator?tool=get-items&host=claude");
    await call(page);
    const widget = widgetOf(page);
    const approve = widget.getByRole("button", { name: /^Approve/ });
    await approve.first().waitFor();
    const before = await approve.count();
    await goWrong(page);
    await page.getByLabel("Calls").selectOption("are denied by the host");
    await approve.first().click();
    await widget.getByText("The host did not allow this call").waitFor();
    assert.equal(await approve.count(), before);
    await picture(page, "action-denied");
  });

  await t.test(
    "a form made from the schema: what is needed is said, focus goes there, JSON is checked",
    async (own) => {
      const page = await open(own, "/app/emulator?tool=extract_intent&host=claude");
      await call(page);
      const text = page.getByLabel("fullInputText");
      await page.getByText("This is needed.").waitFor();
      assert.equal(await text.evaluate((element) => element === document.activeElement), true);
      await text.fill("I'm looking for a Rust engineer in Berlin who has shipped a database.");
      await page.getByRole("button", { name: "Insert an example of candidateIntents" }).click();
      const candidates = page.getByLabel("candidateIntents");
      assert.match(await candidates.inputValue(), /"payload": "\.\.\."/);
      await candidates.fill("[{]");
      await call(page);
      await page.getByText(/^This is not JSON: /).waitFor();
      await assertAccessible(page);
      await picture(page, "form");
      await candidates.fill(
        '[{"payload": "Find a Rust engineer in Berlin", "quote": "looking for a Rust engineer in Berlin"}]',
      );
      await choose(page, "JSON");
      const json: unknown = JSON.parse(await page.getByLabel("Arguments as JSON").inputValue());
      assert.deepEqual(Object.keys(Object(json)), ["fullInputText", "candidateIntents"]);
      await choose(page, "Form");
      await call(page);
      await widgetOf(page).getByText("Find a Rust engineer in Berlin").first().waitFor();
      await picture(page, "intents");
    },
  );

  await t.test("every kind of field: what is typed is what is sent, and examples can be taken over", async (own) => {
    const page = await open(own, "/app");
    const inputSchema = {
      type: "object",
      properties: {
        said: { type: "string", description: "The person's own words." },
        count: { type: "integer", minimum: 1, default: 3 },
        exact: { type: "boolean" },
        unit: { enum: ["EUR", "USD"] },
        since: { type: "string", format: "date", examples: ["2026-11-21"] },
        tags: { type: "array", items: { type: "string" } },
      },
      required: ["said", "exact"],
    };
    const _meta = { "bellhop/examples": ["Find me a flat in Paris", "What do I look for?"] };
    const tool = { name: "everything", title: "Everything", description: "Has all of it.", inputSchema, _meta };
    await instead(page, "tools/list", () => ({ jsonrpc: "2.0", id: 1, result: { tools: [tool] } }));
    await page.goto(`${bellhop.url}/app/emulator`);
    await page.getByRole("button", { name: "Find me a flat in Paris" }).click();
    assert.equal(await page.getByLabel("said", { exact: true }).inputValue(), "Find me a flat in Paris");
    assert.equal(await page.getByLabel("count", { exact: true }).inputValue(), "3");
    assert.equal(await page.getByLabel("since", { exact: true }).getAttribute("placeholder"), "2026-11-21");
    await call(page);
    await page.getByText("This is needed.").waitFor();
    await choose(page, "Yes");
    await page.getByLabel("count", { exact: true }).fill("0");
    await page.getByText("It must be at least 1.").waitFor();
    await page.getByLabel("count", { exact: true }).fill("2");
    await page.getByLabel("unit", { exact: true }).selectOption("USD");
    await page.getByLabel("tags", { exact: true }).fill('["a"]');
    await assertAccessible(page);
    await picture(page, "fields");
    const asked = page.waitForRequest((request) => request.headers()["mcp-method"] === "tools/call");
    await call(page);
    const { params } = JSON.parse((await asked).postData() ?? "{}");
    assert.deepEqual(params.arguments, {
      said: "Find me a flat in Paris",
      exact: true,
      count: 2,
      unit: "USD",
      tags: ["a"],
    });
    await page.locator(".talk-person").getByText("Find me a flat in Paris").waitFor();
  });

  await t.test("hostile text is text, in the conversation and in the messages", async (own) => {
    const page = await open(own, "/app/emulator?tool=echo");
    const hostile = '<img src=x onerror="document.title=1"> \u202e[a](javascript:alert(1)) '.repeat(40);
    await page.getByLabel("text", { exact: true }).fill(hostile);
    await call(page);
    await page.getByLabel("The answer as text").getByText("<img src=x").waitFor();
    await page.locator("summary", { hasText: "server → host" }).filter({ hasText: "tools/call echo" }).click();
    const whole = page.getByLabel("tools/call echo, whole");
    await whole.getByText(String.raw`\u202e`).waitFor();
    assert.doesNotMatch(await whole.innerText(), /\u202e/);
    assert.equal(await page.locator("main img").count(), 0);
    assert.notEqual(await page.title(), "1");
  });

  await t.test("by keyboard alone: choose a tool, fill it in, call, read a message", async (own) => {
    const page = await open(own);
    await page.getByRole("radio", { name: "List items get-items" }).focus();
    const echo = page.getByRole("radio", { name: /\becho$/ });
    const tools = await page.getByRole("radio").count();
    for (let press = 0; press < tools && !(await echo.isChecked()); press += 1) await page.keyboard.press("ArrowDown");
    assert.ok(await echo.isChecked(), "the arrows reach every tool");
    await page.waitForURL("**/app/emulator?tool=echo");
    const field = page.getByLabel("text", { exact: true });
    const reached = () => field.evaluate((element) => element === document.activeElement);
    for (let press = 0; press < 60 && !(await reached()); press += 1) await page.keyboard.press("Tab");
    assert.ok(await reached(), "Tab reaches the field");
    await page.keyboard.type("by keyboard");
    await page.keyboard.press("Control+Enter");
    await widgetOf(page).getByText("by keyboard").waitFor();
    const message = page.locator("summary", { hasText: "server → host" }).filter({ hasText: "tools/call echo" });
    await message.focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("tools/call echo, whole").getByText('"structuredContent"').waitFor();
    await picture(page, "message");
  });

  await t.test(
    "a tool without a widget shows its text everywhere, and an error with the request id to quote",
    async (own) => {
      const page = await open(own, "/app/emulator?tool=perform-item-action&host=claude");
      await page.getByLabel("itemId", { exact: true }).fill("nothing-like-this");
      await page.getByLabel("action", { exact: true }).selectOption("approve");
      await call(page);
      const conversation = page.getByRole("region", { name: "As Claude shows it" });
      await conversation.getByText(/There is no item with this id.*request [0-9a-f-]{36}/).waitFor();
      await page.getByText("This tool has no widget.").waitFor();
      await page.locator(".call-list", { hasText: "failed in" }).waitFor();
      await assertAccessible(page);
      await picture(page, "no-widget");
    },
  );

  await t.test(
    "no tools, a page that cannot be read, a server in trouble, a session that ended: each is said",
    async (own) => {
      const none = await open(own, "/app");
      await instead(none, "tools/list", () => ({ jsonrpc: "2.0", id: 1, result: { tools: [] } }));
      await none.goto(`${bellhop.url}/app/emulator`);
      await none.getByRole("heading", { name: "No tools here" }).waitFor();
      await assertAccessible(none);
      await picture(none, "no-tools");

      const page = await open(own, "/app/emulator?tool=get-items");
      await instead(page, "resources/read", () => ({
        jsonrpc: "2.0",
        id: 1,
        error: { code: -32602, message: "Resource not found: ui://widget/list-view.html" },
      }));
      await call(page);
      await page.getByText("Resource not found: ui://widget/list-view.html").waitFor();
      await page.getByRole("region", { name: "As ChatGPT shows it" }).getByText("Trip to Lisbon (").waitFor();
      await page.unrouteAll();
      await page.getByRole("button", { name: "Try again" }).click();
      await widgetOf(page).getByText("Trip to Lisbon").waitFor();

      const busy = { error: "unavailable", error_description: "The database is busy.", next: "Try again in a moment." };
      await instead(page, "tools/call", () => ({ ...busy, request_id: "5f0c1a52-77aa-4c1e-9a57-000000000001" }), 503);
      await call(page);
      await page.getByText("The database is busy.").waitFor();
      await page.getByText("5f0c1a52-77aa-4c1e-9a57-000000000001").waitFor();
      await assertAccessible(page);
      await picture(page, "trouble");
      await page.unrouteAll();

      await page.evaluate(() =>
        fetch("/api/session", { method: "DELETE", headers: { "content-type": "application/json" }, body: "{}" }),
      );
      await call(page);
      await page.getByLabel("Email").waitFor();
      assert.match(page.url(), /\/app\/sign-in\?to=%2Femulator$/);
    },
  );
});
