import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../kernel/errors.ts";
import { requireSameOrigin } from "./same-origin.ts";

const BASE = "https://link.example.com";
const check = (headers: Record<string, string>): void =>
  requireSameOrigin(new Request(`${BASE}/api/session`, { method: "DELETE", headers }), BASE);
const refused = (headers: Record<string, string>): void =>
  assert.throws(
    () => check(headers),
    (error) => error instanceof AppError && error.code === "forbidden_origin",
  );

describe("a write with the person's cookie", () => {
  it("is let through from our own page", () => {
    check({ origin: BASE });
    check({ origin: BASE, "sec-fetch-site": "same-origin" });
  });

  it("is refused from any other origin, however alike", () => {
    for (const origin of [
      "https://evil.example",
      "https://link.example.com.evil.example",
      "https://link.example.com:444",
      "http://link.example.com",
      "https://link.example.com/",
      "null",
    ])
      refused({ origin });
  });

  it("is refused from another origin even when Fetch Metadata would pass", () => {
    refused({ origin: "https://evil.example", "sec-fetch-site": "same-origin" });
  });

  it("is judged by Fetch Metadata where no Origin is sent", () => {
    check({ "sec-fetch-site": "same-origin" });
    check({ "sec-fetch-site": "none" });
    refused({ "sec-fetch-site": "same-site" });
    refused({ "sec-fetch-site": "cross-site" });
  });

  it("is let through from a program that is no browser", () => check({}));

  it("compares with the configured address, never with the request's own", () => {
    const tunnelled = new Request("https://tunnel.example/api/session", {
      headers: { origin: "https://tunnel.example" },
    });
    assert.throws(() => requireSameOrigin(tunnelled, BASE), AppError);
    assert.doesNotThrow(() =>
      requireSameOrigin(new Request("http://10.0.0.1/", { headers: { origin: BASE } }), `${BASE}/`),
    );
  });
});
