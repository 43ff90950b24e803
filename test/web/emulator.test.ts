import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { until } from "../bellhop.ts";
import { call, choose, goWrong, messageTitles, person, picture, widgetOf } from "./emulator-room.ts";
import { assertAccessible, assertFits } from "./stage.ts";

const hosts = [
  { kind: "chatgpt", title: "ChatGPT", light: "rgb(255, 255, 255)", dark: "rgb(33, 33, 33)" },
  { kind: "claude", title: "Claude", light: "rgb(250, 249, 245)", dark: "rgb(38, 38, 36)" },
  { kind: "mcp-apps", title: "MCP Apps", light: "rgb(255, 255, 255)", dark: "rgb(30, 30, 30)" },
] as const;

/** A phone that is set to dark. */
const phone: BrowserContextOptions = {
  viewport: { width: 375, height: 720 },
  deviceScaleFactor: 2,
  colorScheme: "dark",
};

test("the emulator, at one server and for one person", { timeout: 280_000 }, async (t) => {
  const { bellhop, open } = await person(t);

  await t.test("every host, light and dark: the widget, its text, its receipt and every message", async (own) => {
    for (const { kind, title, ...ground } of hosts) {
      const page = await open(own, `/app/emulator?tool=get-items&host=${kind}`);
      await call(page);
      const widget = widgetOf(page);
      await widget.getByText("Trip to Lisbon").waitFor();
      for (const theme of ["light", "dark"] as const) {
        await choose(page, theme === "light" ? "Light" : "Dark");
        const conversation = page.getByRole("region", { name: `As ${title} shows it` });
        assert.equal(
          await conversation.evaluate((element) => getComputedStyle(element).backgroundColor),
          ground[theme],
        );
        await widget.locator(`html[style*="color-scheme: ${theme}"]`).waitFor();
        const inside = await widget.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
        assert.equal(inside, "rgba(0, 0, 0, 0)", "the host's ground shows through");
        await assertAccessible(page);
        await picture(page, `${kind}-${theme}`);
      }
      await page.getByLabel("The answer as text").getByText("Trip to Lisbon (open, id travel-lisbon)").waitFor();
      const titles = await messageTitles(page);
      for (const expected of ["tools/list", "tools/call get-items", "ui/initialize", "ui/notifications/tool-result"])
        assert.ok(titles.includes(expected), `${expected} in ${titles.join(", ")}`);
      // By keyboard: a click right after scrolling may still go to the frame that was there before.
      await page.getByRole("link", { name: "See it in Receipts" }).press("Enter");
      await page.getByRole("table").getByText("List items").waitFor();
      await page.getByRole("cell", { name: "Emulator" }).waitFor();
      assert.equal(await page.locator("tbody tr").count(), 1, "the receipt of this very call");
    }
  });

  await t.test("what a widget does is done through the host: with a receipt, and said in the messages", async (own) => {
    for (const { kind } of hosts) {
      const page = await open(own, `/app/emulator?tool=get-items&host=${kind}`);
      await call(page);
      const widget = widgetOf(page);
      const waiting = widget.getByRole("button", { name: /^Approve/ });
      await waiting.first().waitFor();
      const before = await waiting.count();
      await waiting.first().click();
      await page.locator(".call-list li").nth(1).waitFor();
      assert.match(await page.locator(".call-list").innerText(), /perform-item-action/);
      await widget.locator("body").evaluate((body, count) => {
        const approvals = () =>
          [...body.querySelectorAll("button")].filter((one) => one.innerText.startsWith("Approve"));
        return new Promise<void>((resolve) => {
          const look = () => (approvals().length < count ? resolve() : requestAnimationFrame(look));
          look();
        });
      }, before);
      const titles = await messageTitles(page);
      const carried = /(?:callTool|tools\/call) perform-item-action$/;
      assert.ok(
        titles.some((title) => carried.test(title)),
        titles.join(", "),
      );
    }
  });

  await t.test(
    "a widget reaches nothing but its host: no other site, no server of ours, no page around it",
    async (own) => {
      for (const { kind } of hosts) {
        const page = await open(own, `/app/emulator?tool=echo&host=${kind}`);
        await page.getByLabel("text", { exact: true }).fill("hello");
        await call(page);
        const widget = widgetOf(page);
        await widget.getByText("hello").waitFor();
        const left: string[] = [];
        page.on("response", (response) => left.push(response.url()));
        const seen = await widget.locator("body").evaluate(async (_body, home) => {
          const blocked: string[] = [];
          addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
          const attempt = (url: string) =>
            fetch(url, { mode: "no-cors" }).then(
              () => "came",
              () => "refused",
            );
          const fetched = [
            await attempt("https://attacker.example/"),
            await attempt(`${home}/api/session?attacker.example`),
          ];
          const image = new Image();
          await new Promise((resolve) => {
            image.addEventListener("error", resolve);
            image.addEventListener("load", resolve);
            image.src = "https://attacker.example/pixel.png";
          });
          let around = "refused";
          try {
            around = parent.parent.document.title;
          } catch {
            // As it should be: another origin.
          }
          return { fetched, blocked, around, origin: self.origin };
        }, bellhop.url);
        assert.deepEqual(seen.fetched, ["refused", "refused"]);
        assert.deepEqual(seen.blocked.toSorted(), ["connect-src", "connect-src", "img-src"]);
        assert.deepEqual([seen.around, seen.origin], ["refused", "null"]);
        assert.deepEqual(left, [], "nothing left the browser");
      }
    },
  );

  await t.test("full screen, a small window, a phone: the widget is told, and the way back is there", async (own) => {
    const page = await open(own, "/app/emulator?tool=get-items&host=chatgpt");
    await call(page);
    await widgetOf(page).getByText("Trip to Lisbon").waitFor();
    await choose(page, "Full screen");
    await page.getByRole("button", { name: "Back to the conversation" }).waitFor();
    await widgetOf(page).getByText("Newsletter for June").waitFor();
    await assertAccessible(page);
    await picture(page, "fullscreen");
    await page.getByRole("button", { name: "Back to the conversation" }).click();
    await page.getByRole("radio", { name: "Inline" }).and(page.locator(":checked")).waitFor({ state: "attached" });
    await choose(page, "Small window");
    await picture(page, "small-window");
    await choose(page, "Phone");
    await choose(page, "Inline");
    const width = await page.locator(".conversation").evaluate((element) => element.getBoundingClientRect().width);
    assert.equal(width, 390);
    await picture(page, "phone-width");
    await choose(page, "Claude");
    assert.equal(await page.getByRole("radio", { name: "Small window" }).count(), 0, "Claude has none");
  });

  await t.test(
    "ChatGPT's own: its older page, a language, a state that stays, a message of the widget",
    async (own) => {
      const page = await open(own, "/app/emulator?tool=get-items&host=chatgpt");
      await goWrong(page);
      await page.getByLabel("Older page (window.openai alone)").check();
      await call(page);
      const widget = widgetOf(page);
      await widget.getByText("Trip to Lisbon").waitFor();
      await page.getByLabel("Language").selectOption("العربية");
      const locale = () => widget.locator("body").evaluate(() => Object(window).openai.locale === "ar" || undefined);
      await until("the widget to know the language", locale);
      assert.ok(!(await messageTitles(page)).includes("ui/initialize"), "it speaks window.openai alone");
      await widget.locator("body").evaluate(() => {
        const { openai } = Object(window);
        openai.setWidgetState({ opened: "travel-lisbon" });
        return openai.sendFollowUpMessage({ prompt: "And what about <b>Porto</b>?" });
      });
      await page
        .getByRole("region", { name: "As ChatGPT shows it" })
        .getByText("And what about <b>Porto</b>?")
        .waitFor();
      await picture(page, "older-page");
      await page.getByRole("button", { name: "Load the widget again" }).click();
      await page.locator(".message-title", { hasText: "resources/read" }).nth(3).waitFor();
      await widget.getByText("Trip to Lisbon").waitFor();
      assert.deepEqual(await widget.locator("body").evaluate(() => Object(window).openai.widgetState), {
        opened: "travel-lisbon",
      });
    },
  );

  await t.test("a link that a widget wants to open: the person is asked, and only for web addresses", async (own) => {
    const page = await open(own, "/app/emulator?tool=echo&host=mcp-apps");
    await page.getByLabel("text", { exact: true }).fill("hello");
    await call(page);
    const widget = widgetOf(page);
    await widget.getByText("hello").waitFor();
    const ask = (url: string) =>
      widget.locator("body").evaluate(
        (_body, asked) =>
          new Promise<string>((resolve) => {
            addEventListener("message", ({ data }) => data.id === asked && resolve(JSON.stringify(data.result)));
            parent.postMessage({ jsonrpc: "2.0", id: asked, method: "ui/open-link", params: { url: asked } }, "*");
          }),
        url,
      );
    assert.equal(await ask("javascript:alert(1)"), '{"isError":true}');
    assert.equal(await ask("file:///etc/passwd"), '{"isError":true}');
    const refused = ask("https://example.com/a?b=1");
    const dialog = page.getByRole("dialog", { name: "The widget wants to open a link" });
    await dialog.getByText("https://example.com/a?b=1", { exact: true }).waitFor();
    await assertAccessible(page);
    await picture(page, "link");
    await page.keyboard.press("Escape");
    assert.equal(await refused, '{"isError":true}');
    const allowed = ask(bellhop.url);
    const opened = page.context().waitForEvent("page");
    await dialog.getByRole("link", { name: "Open it" }).click();
    assert.equal(await allowed, "{}");
    assert.equal(new URL((await opened).url()).origin, bellhop.url);
  });

  await t.test("on a phone and in the dark: nothing is cut off, and what was called comes into view", async (own) => {
    const page = await open(own, "/app/emulator?tool=get-items&host=claude", phone);
    await page.getByRole("button", { name: "Call", exact: true }).waitFor();
    await assertFits(page);
    await picture(page, "on-a-phone-1");
    await call(page);
    await widgetOf(page).getByText("Trip to Lisbon").waitFor();
    await page.waitForFunction(() => {
      const box = document.querySelector(".conversation")?.getBoundingClientRect();
      return box !== undefined && box.top >= 0 && box.top < innerHeight / 2;
    });
    assert.equal(await page.locator(".conversation").getAttribute("data-theme"), "dark", "as the console looks");
    await assertFits(page);
    await assertAccessible(page);
    await picture(page, "on-a-phone-2");
  });
});
