import assert from "node:assert/strict";
import { test } from "node:test";
import { createOuterRoutes } from "../../http/outer-routes.ts";
import { createMissingPage } from "./missing-page.ts";

const BASE = "http://localhost:3002";
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

const ask = (accept: string, method = "GET") => {
  const routes = createOuterRoutes(BASE, () => undefined);
  routes.route("/", createMissingPage());
  return routes.request(`${BASE}/<script>`, { method, headers: { host: "localhost:3002", accept } });
};

test("a browser at an address where nothing is gets a page with the ways on, and no word of the address", async () => {
  const response = await ask(BROWSER);
  assert.equal(response.status, 404);
  assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
  assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const html = await response.text();
  for (const way of ["/", "/app", "/docs"]) assert.ok(html.includes(`href="${way}"`), way);
  assert.doesNotMatch(html, /script/i);
});

for (const [who, accept, method] of [
  ["a program", "application/json", "GET"],
  ["a command line", "*/*", "GET"],
  ["a form of a browser", BROWSER, "POST"],
] as const) {
  test(`${who} gets the one form of an error there`, async () => {
    const response = await ask(accept, method);
    assert.equal(response.status, 404);
    assert.equal(Object(await response.json()).error, "not_found");
  });
}
