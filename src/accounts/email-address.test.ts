import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { emailAddress } from "./email-address.ts";

const read = (text: string): string | null => emailAddress.safeParse(text).data ?? null;

describe("an email address", () => {
  it("is one name however it was typed", () => {
    assert.equal(read("  Ada.Lovelace@Example.COM \n"), "ada.lovelace@example.com");
    assert.equal(read("ada+work@example.com"), "ada+work@example.com");
  });

  it("becomes what mail is sent to, also where two characters look like one", () => {
    assert.equal(read("ada@\u212Aelvin.example"), "ada@kelvin.example");
  });

  it("names exactly one mailbox", () => {
    for (const text of [
      "",
      "ada",
      "ada@",
      "@example.com",
      "ada@example.com,eve@example.com",
      "ada@example.com eve@example.com",
      "Ada <ada@example.com>",
      "ada@example.com\r\nBcc: eve@example.com",
      "ada\0@example.com",
      "ada\uD800@example.com",
      "аda@example.com",
    ])
      assert.equal(read(text), null, JSON.stringify(text));
  });

  it("has at most 254 characters", () => {
    const domain = `${"d".repeat(60)}.${"d".repeat(60)}.${"d".repeat(60)}.example`;
    const local = (length: number): string => `${"a".repeat(length - domain.length - 1)}@${domain}`;
    assert.equal(read(local(254))?.length, 254);
    assert.equal(read(local(255)), null);
  });
});
