import assert from "node:assert/strict";
import { test } from "node:test";
import type { Grant } from "../contract.ts";
import { groupLinks } from "./group-links.ts";

const grant = (id: string, more: Partial<Grant> = {}): Grant => ({
  id,
  clientId: `client-${id}`,
  clientName: "Claude Code",
  clientKind: "dynamic",
  clientVerified: false,
  channel: "claude",
  redirectHost: "localhost:5000",
  scopes: [],
  permissions: [],
  createdAt: "2026-11-20T10:00:00.000Z",
  lastUsedAt: null,
  ...more,
});

const shape = (grants: readonly Grant[]) =>
  groupLinks(grants).map((group) => group.grants.map(({ id }) => id).join(" "));

test("the links of one assistant stand together, whichever port it had, in the order in which they came", () => {
  const links = [
    grant("a"),
    grant("b", { redirectHost: "localhost:61234" }),
    grant("c", { redirectHost: "localhost" }),
  ];
  assert.deepEqual(shape(links), ["a b c"]);
  assert.equal(groupLinks(links)[0]?.redirectHost, "localhost");
});

test("another host, another surface or another name is another assistant", () => {
  const links = [
    grant("a", { redirectHost: "claude.ai" }),
    grant("b", { redirectHost: "claude.ai.evil.example" }),
    grant("c", { redirectHost: "claude.ai", channel: "mcp" }),
    grant("d", { redirectHost: "claude.ai", clientName: "Claude" }),
    grant("e", { redirectHost: "claude.ai:8443" }),
  ];
  assert.deepEqual(shape(links), ["a", "b", "c", "d", "e"]);
});
