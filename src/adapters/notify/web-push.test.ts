import assert from "node:assert/strict";
import { createECDH } from "node:crypto";
import { test } from "node:test";
import { startPushPeer } from "../../../test/push-peer.ts";
import { AppError } from "../../kernel/errors.ts";
import type { PushKeys } from "../../kernel/ports/notify.ts";
import { createWebPush } from "./web-push.ts";

function newKeys(): PushKeys {
  const pair = createECDH("prime256v1");
  const publicKey = pair.generateKeys("base64url");
  return { publicKey, privateKey: pair.getPrivateKey("base64url") };
}

const keys = newKeys();
const message = { payload: '{"title":"ü"}', topic: "0".repeat(32), ttlSeconds: 900 };
const subject = "https://bellhop.example";

const failsWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

test("a message reaches the browser encrypted, signed, urgent and bound in time", async (t) => {
  const peer = await startPushPeer(t);
  const push = createWebPush({ web: peer.web, subject });
  const target = peer.subscribe(keys.publicKey);
  push.requireUsable(target);
  assert.equal(await push.send(target, message, keys), "sent");
  assert.deepEqual(peer.refused, []);
  const { payload, topic } = message;
  assert.deepEqual(peer.received, [
    { endpoint: target.endpoint, payload, topic, ttl: "900", urgency: "high", subject },
  ]);
});

test("a service that knows another key refuses, and the peer of these tests really looks", async (t) => {
  const peer = await startPushPeer(t);
  const push = createWebPush({ web: peer.web, subject });
  const other = peer.subscribe(newKeys().publicKey);
  await assert.rejects(push.send(other, message, keys), failsWith("unavailable"));
  const [mine, twin] = [peer.subscribe(keys.publicKey), peer.subscribe(keys.publicKey)];
  await assert.rejects(push.send({ ...mine, p256dh: twin.p256dh }, message, keys), failsWith("unavailable"));
  await assert.rejects(push.send({ ...mine, auth: twin.auth }, message, keys), failsWith("unavailable"));
  assert.equal(peer.refused.length, 3);
  assert.deepEqual(peer.received, []);
});

test("what a push service answers means: sent, gone for good, later", async (t) => {
  const peer = await startPushPeer(t);
  const push = createWebPush({ web: peer.web, subject });
  const target = peer.subscribe(keys.publicKey);
  for (const status of [200, 201, 202, 204]) {
    peer.answerWith({ status });
    assert.equal(await push.send(target, message, keys), "sent", String(status));
  }
  for (const status of [301, 307, 400, 401, 403, 413, 500, 502, 503]) {
    peer.answerWith({ status, headers: { location: "https://push.example/elsewhere" } });
    await assert.rejects(push.send(target, message, keys), failsWith("unavailable"), String(status));
  }
  for (const [after, seconds] of [
    ["7", 7],
    ["Wed, 21 Oct 2026 07:28:00 GMT", 60],
  ] as const) {
    peer.answerWith({ status: 429, headers: { "retry-after": after } });
    const limited = (error: unknown) =>
      error instanceof AppError && error.code === "rate_limited" && error.details["retryAfter"] === seconds;
    await assert.rejects(push.send(target, message, keys), limited);
  }
  peer.answerWith(null);
  peer.unsubscribe(target);
  assert.equal(await push.send(target, message, keys), "gone");
  const unknown = { ...target, endpoint: "https://push.example/wpush/nobody" };
  assert.equal(await push.send(unknown, message, keys), "gone");
});

test("ssrf: an endpoint that names an inner address is refused, and no packet is sent", async (t) => {
  const peer = await startPushPeer(t);
  const push = createWebPush({ web: peer.web, subject });
  const target = peer.subscribe(keys.publicKey);
  for (const endpoint of [
    "http://push.example/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://169.254.169.254/latest",
    "https://localhost/x",
    "https://push.example:8443/x",
    "https://user:pw@push.example/x",
    "https://metadata.google.internal/x",
    "javascript:alert(1)",
    "",
  ]) {
    assert.throws(() => push.requireUsable({ ...target, endpoint }), failsWith("invalid_request"), endpoint);
    await assert.rejects(push.send({ ...target, endpoint }, message, keys), failsWith("invalid_request"), endpoint);
  }
  assert.equal(peer.connections(), 0);
});

test("keys by which nothing can be encrypted are refused before they are kept", async (t) => {
  const peer = await startPushPeer(t);
  const push = createWebPush({ web: peer.web, subject });
  const target = peer.subscribe(keys.publicKey);
  const offCurve = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString("base64url");
  for (const p256dh of ["", "AAAA", offCurve, target.auth])
    assert.throws(() => push.requireUsable({ ...target, p256dh }), failsWith("invalid_request"), p256dh);
  for (const auth of ["", "AAAA", `${target.auth}AAAA`])
    assert.throws(() => push.requireUsable({ ...target, auth }), failsWith("invalid_request"), auth);
});
