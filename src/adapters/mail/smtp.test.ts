import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { inspect } from "node:util";
import { startMailPeer } from "../../../test/mail-peer.ts";
import { AppError } from "../../kernel/errors.ts";
import { createSmtpMail } from "./smtp.ts";

const FROM = "Bellhop <hello@bellhop.example>";
const MESSAGE = { to: "ada@example.com", subject: "Your code", text: "Your sign-in code is 048213\n\nGrüße – Ada…\n" };

const isUnavailable = (error: unknown): boolean => error instanceof AppError && error.code === "unavailable";

/** A server that greets and then never says a word, or never comes to the end of its answer. */
async function dullServer(t: TestContext, { talks }: { talks: boolean }): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const asking = new Set<Socket>();
  server.on("connection", (socket) => {
    socket.on("error", () => undefined).on("data", () => asking.add(socket));
    socket.write("220 mail.example\r\n");
  });
  const talk = setInterval(() => asking.forEach((socket) => talks && socket.write("250-one moment\r\n")), 10);
  t.after(() => {
    clearInterval(talk);
    for (const socket of asking) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `smtp://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

test("a message arrives whole, in plain text, at one recipient", async (t) => {
  const peer = await startMailPeer(t);
  await createSmtpMail({ url: peer.url, from: FROM }).send(MESSAGE);
  const mail = await peer.take("ada@example.com");
  assert.deepEqual(mail.to, ["ada@example.com"]);
  assert.equal(mail.from, "hello@bellhop.example");
  assert.equal(mail.subject, "Your code");
  assert.equal(mail.text.trim(), MESSAGE.text.trim());
  assert.match(mail.headers, /^Content-Type: text\/plain; charset=utf-8/im);
  assert.match(mail.headers, /^Auto-Submitted: auto-generated/im);
});

test("an address cannot smuggle in a second recipient or a header", async (t) => {
  const peer = await startMailPeer(t);
  const mail = createSmtpMail({ url: peer.url, from: FROM });
  for (const to of ["ada@example.com, eve@example.com", "ada@example.com\r\nBcc: eve@example.com"]) {
    await mail.send({ ...MESSAGE, to }).catch(() => undefined);
  }
  const reached = peer.received.flatMap((received) => received.to);
  assert.ok(!reached.includes("eve@example.com"), reached.join(" "));
});

test("the login of the URL is used", async (t) => {
  const peer = await startMailPeer(t, { login: { user: "bellhop", password: "p@ss/word" } });
  await createSmtpMail({ url: peer.url, from: FROM }).send(MESSAGE);
  assert.equal(peer.received.length, 1);
  const wrong = peer.url.replace("p%40ss", "other");
  await assert.rejects(createSmtpMail({ url: wrong, from: FROM }).send(MESSAGE), isUnavailable);
});

test("a refused message is unavailable, and the server's words stay out of the error", async (t) => {
  const peer = await startMailPeer(t);
  peer.refuseWith("No thanks: Your sign-in code is 048213");
  const error: unknown = await createSmtpMail({ url: peer.url, from: FROM })
    .send(MESSAGE)
    .catch((reason) => reason);
  assert.ok(isUnavailable(error));
  assert.match(inspect(error), /SMTP: EMESSAGE .*550/);
  assert.doesNotMatch(inspect(error, { depth: 9 }), /048213|ada@example/);
  assert.equal(peer.received.length, 0);
});

test("a server that is not there is unavailable", async (t) => {
  const closed = await startMailPeer(t);
  const url = closed.url.replace(/:\d+$/, ":1");
  await assert.rejects(createSmtpMail({ url, from: FROM }).send(MESSAGE), isUnavailable);
});

for (const [kind, talks] of [
  ["silent", false],
  ["endlessly talking", true],
] as const) {
  test(`a server that is ${kind} is given up`, { timeout: 5000 }, async (t) => {
    const mail = createSmtpMail({ url: await dullServer(t, { talks }), from: FROM, patienceMs: 50 });
    await assert.rejects(mail.send(MESSAGE), isUnavailable);
  });
}
