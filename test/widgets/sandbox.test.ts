import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { hosts, openStage } from "../host/stage.ts";
import { echoed } from "./answers.ts";

test("a blocked outside fetch proves the policy: nothing leaves a widget, in any host", async (t) => {
  const reached: string[] = [];
  const outside = createServer((request, response) => {
    reached.push(request.url ?? "");
    response.setHeader("access-control-allow-origin", "*");
    response.end("reached");
  }).listen(0, "127.0.0.1");
  await once(outside, "listening");
  t.after(() => outside.close());
  const address = outside.address();
  assert.ok(typeof address === "object" && address);
  const url = `http://127.0.0.1:${address.port}`;

  const stage = await openStage(t);
  for (const shown of Object.values(hosts)) {
    const frame = await stage.show({ ...shown, widget: "echo", result: echoed });
    const outcome = await frame.evaluate(async (outsideUrl) => {
      const blocked: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
      const fetched = await fetch(`${outsideUrl}/fetch`).then(
        () => "reached",
        () => "blocked",
      );
      const loaded = (tag: "img" | "script" | "link" | "iframe", name: string) =>
        new Promise<string>((resolve) => {
          const element = document.createElement(tag);
          element.addEventListener("load", () => resolve(`${tag} loaded`));
          element.addEventListener("error", () => resolve(`${tag} blocked`));
          if (tag === "link") element.setAttribute("rel", "stylesheet");
          element.setAttribute(tag === "link" ? "href" : "src", `${outsideUrl}/${name}`);
          document.body.append(element);
        });
      const parts = [await loaded("img", "img"), await loaded("script", "script"), await loaded("link", "css")];
      const form = document.body.appendChild(document.createElement("form"));
      form.action = `${outsideUrl}/form`;
      form.submit();
      navigator.sendBeacon(`${outsideUrl}/beacon`, "x");
      return { fetched, parts, blocked };
    }, url);
    assert.equal(outcome.fetched, "blocked");
    assert.deepEqual(outcome.parts, ["img blocked", "script blocked", "link blocked"]);
    for (const directive of ["connect-src", "img-src", "script-src-elem", "style-src-elem"])
      assert.ok(outcome.blocked.includes(directive), directive);
  }
  assert.deepEqual(reached, []);
});

test("what a resource declares is let through, and nothing that is no origin gets into the policy", async (t) => {
  const stage = await openStage(t);
  const served = createServer((_request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    response.end("served");
  }).listen(0, "127.0.0.1");
  await once(served, "listening");
  t.after(() => served.close());
  const address = served.address();
  assert.ok(typeof address === "object" && address);
  const origin = `http://127.0.0.1:${address.port}`;
  const fetches = (connectDomains: readonly string[]) =>
    stage.show({ kind: "claude", widget: "echo", result: echoed, csp: { connectDomains } }).then((frame) =>
      frame.evaluate(
        (url) =>
          fetch(url).then(
            (response) => response.text(),
            () => "blocked",
          ),
        origin,
      ),
    );
  assert.equal(await fetches([origin]), "served");
  assert.equal(await fetches(["https://other.example"]), "blocked");
  for (const smuggled of [
    "*",
    `x; connect-src ${origin}`,
    `https://a.example ${origin}`,
    "'unsafe-eval'",
    "http:",
    "data:",
  ])
    assert.equal(await fetches([smuggled]), "blocked", smuggled);
});

test("a widget has an origin of its own: neither the host's page, nor storage, nor a window", async (t) => {
  const stage = await openStage(t);
  const frame = await stage.show({ kind: "claude", widget: "echo", result: echoed });
  assert.deepEqual(
    await frame.evaluate(() => {
      const attempt = (work: () => unknown): string => {
        try {
          return String(work());
        } catch (error) {
          return error instanceof Error ? error.name : "thrown";
        }
      };
      return {
        origin: window.origin,
        host: attempt(() => window.top?.document.title),
        storage: attempt(() => window.localStorage.length),
        cookie: attempt(() => document.cookie),
        popup: attempt(() => window.open("https://evil.example")),
        alert: attempt(() => window.alert("x")),
      };
    }),
    {
      origin: "null",
      host: "SecurityError",
      storage: "SecurityError",
      cookie: "SecurityError",
      popup: "null",
      alert: "undefined",
    },
  );
});
