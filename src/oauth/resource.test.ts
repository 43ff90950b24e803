import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../kernel/errors.ts";
import { createResources } from "./resource.ts";

const BASE = "https://bellhop.example";
const resources = createResources(BASE);
const refused = (error: unknown): boolean => error instanceof AppError && error.code === "invalid_target";

test("audience-with-/mcp: the server and its MCP address are resources, with either slash and in one canonical form", () => {
  assert.equal(resources.requested(undefined), BASE);
  assert.equal(resources.requested(`${BASE}/`), BASE);
  assert.equal(resources.requested(`${BASE}/mcp`), `${BASE}/mcp`);
  assert.equal(resources.requested(`${BASE}/mcp/`), `${BASE}/mcp`);
  assert.deepEqual(resources.audiences, [BASE, `${BASE}/`, `${BASE}/mcp`, `${BASE}/mcp/`]);
});

test("a token for the MCP address opens that alone; one for the whole server opens everything", () => {
  for (const audience of [BASE, `${BASE}/`]) {
    assert.ok(resources.opens(audience, "mcp") && resources.opens(audience, "api"), audience);
  }
  for (const audience of [`${BASE}/mcp`, `${BASE}/mcp/`]) {
    assert.deepEqual([resources.opens(audience, "mcp"), resources.opens(audience, "api")], [true, false], audience);
  }
  for (const audience of ["", `${BASE}/receipts`, "https://evil.example"]) {
    assert.deepEqual([resources.opens(audience, "mcp"), resources.opens(audience, "api")], [false, false], audience);
  }
});

test("any other address is no resource", () => {
  for (const resource of [
    "",
    `${BASE}//`,
    `${BASE}/mcp//`,
    `${BASE}/other`,
    `${BASE}/mcp?x`,
    `${BASE}/MCP`,
    "https://evil.example/mcp",
  ]) {
    assert.throws(() => resources.requested(resource), refused, resource);
  }
});

test("a token request stays within what was granted, and the whole covers its part", () => {
  assert.equal(resources.within(`${BASE}/mcp`, undefined), `${BASE}/mcp`);
  assert.equal(resources.within(`${BASE}/mcp`, `${BASE}/mcp/`), `${BASE}/mcp`);
  assert.equal(resources.within(BASE, `${BASE}/mcp`), `${BASE}/mcp`);
  assert.throws(() => resources.within(`${BASE}/mcp`, BASE), refused);
});
