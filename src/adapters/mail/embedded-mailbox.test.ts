import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createEmbeddedMailbox, type EmbeddedMailbox } from "./embedded-mailbox.ts";

function start(): { mailbox: EmbeddedMailbox; printed: string[]; pass(seconds: number): void } {
  const printed: string[] = [];
  let now = Date.parse("2026-11-20T08:00:00Z");
  const mailbox = createEmbeddedMailbox({ clock: () => new Date(now), print: (line) => printed.push(line) });
  return { mailbox, printed, pass: (seconds) => void (now += seconds * 1000) };
}

const message = (to: string, text = "Your sign-in code is 048213\n\nMore.") => ({ to, subject: "Code", text });
const recipients = (mailbox: EmbeddedMailbox): string[] => mailbox.messages().map((kept) => kept.to);

describe("the embedded mailbox", () => {
  it("prints the line with the code, and nothing more", async () => {
    const { mailbox, printed } = start();
    await mailbox.send(message("ada@example.com"));
    assert.deepEqual(printed, ["Mail for ada@example.com: Your sign-in code is 048213"]);
  });

  it("lets no message command the terminal", async () => {
    const { mailbox, printed } = start();
    await mailbox.send(message("ada@example.com", "\u001B[2Jcode\u202E 1\r2\u0007"));
    assert.deepEqual(printed, ["Mail for ada@example.com:  [2Jcode  1 2 "]);
  });

  it("keeps messages for 10 minutes", async () => {
    const { mailbox, pass } = start();
    await mailbox.send(message("ada@example.com"));
    pass(300);
    await mailbox.send(message("bob@example.com"));
    assert.deepEqual(recipients(mailbox), ["ada@example.com", "bob@example.com"]);
    assert.deepEqual(mailbox.messages()[0]?.sentAt, new Date("2026-11-20T08:00:00Z"));
    pass(300);
    assert.deepEqual(recipients(mailbox), ["bob@example.com"]);
  });

  it("keeps the last 50", async () => {
    const { mailbox } = start();
    for (let index = 1; index <= 51; index += 1) await mailbox.send(message(`${index}@example.com`));
    assert.equal(recipients(mailbox).length, 50);
    assert.equal(recipients(mailbox)[0], "2@example.com");
  });

  it("has a key of its own that cannot be guessed", () => {
    const keys = [start().mailbox.key, start().mailbox.key];
    assert.notEqual(keys[0], keys[1]);
    assert.match(keys[0] ?? "", /^[\w-]{24}$/);
  });
});
