import assert from "node:assert/strict";
import { it } from "node:test";
import { signInMessage } from "./sign-in-message.ts";

it("the sign-in message says the code, where it belongs, and until when", () => {
  const message = signInMessage({
    address: "ada@example.com",
    code: "048213",
    expiresAt: new Date("2026-11-20T08:10:00Z"),
    minutes: 10,
    baseUrl: "https://link.example.com",
  });
  assert.equal(message.to, "ada@example.com");
  assert.equal(message.subject, "Your sign-in code for link.example.com");
  assert.equal(
    message.text,
    `Your sign-in code is 048213

Enter it on the page that asked for it, at https://link.example.com.
It works once, for 10 minutes (until 08:10 UTC).

Nobody from our side will ever ask you for it.
If you did not ask for a code, ignore this message: without it, nobody can sign in.
`,
  );
});
