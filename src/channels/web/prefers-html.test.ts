import assert from "node:assert/strict";
import { test } from "node:test";
import { prefersHtml } from "./prefers-html.ts";

test("a browser wants a page", () => {
  for (const accept of [
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
    "text/html",
    "TEXT/HTML ; q=0.5, application/json;q=0.4",
  ])
    assert.equal(prefersHtml(accept), true, accept);
});

test("an assistant does not, nor does anyone who does not say so", () => {
  for (const accept of [
    undefined,
    "",
    "*/*",
    "text/*",
    "text/event-stream",
    "application/json, text/event-stream",
    "application/json, text/event-stream, text/html",
    "text/html;q=0.9, application/json",
    "text/html;q=0",
    "text/html;q=soon",
    "text/htmlx, atext/html",
  ])
    assert.equal(prefersHtml(accept), false, String(accept));
});
