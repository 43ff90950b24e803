import assert from "node:assert/strict";
import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { TestContext } from "node:test";
import { jwtVerify } from "jose";
import { createGuardedFetch } from "../src/adapters/web/guarded-fetch.ts";
import { secureConnection } from "../src/adapters/web/secure-connection.ts";
import type { PushTarget } from "../src/kernel/ports/notify.ts";
import type { WebPort, WebSender } from "../src/kernel/ports/web.ts";
import { selfSigned } from "./doctor/certificate.ts";

const HOST = "push.example";
const ORIGIN = `https://${HOST}`;
/** Longer than a test waits for anything, so that a busy machine cuts no silence short. */
const PATIENCE_MS = 60_000;

/** A message as the browser reads it once its push service has handed it over. */
export interface PushedMessage {
  readonly endpoint: string;
  readonly payload: string;
  readonly ttl: string;
  readonly urgency: string;
  readonly topic: string;
  /** Whom the sender named to write to. */
  readonly subject: string;
}

/** A push service on loopback, with the browsers that use it: it speaks RFC 8030, 8188, 8291 and 8292, and is strict. */
export interface PushPeer {
  /** The guarded fetch whose connections end at this peer, TLS and all. It waits long: who falls silent does so on purpose. */
  readonly web: WebPort & WebSender;
  /** What messages it took, oldest first. */
  readonly received: readonly PushedMessage[];
  /** Why it refused others. */
  readonly refused: readonly string[];
  /** A browser that subscribes with a server's public key. */
  subscribe(pushKey: string): PushTarget;
  /** The browser ends its subscription. */
  unsubscribe(target: PushTarget): void;
  /** Answers so from now on, whatever comes; null answers by the protocol again. */
  answerWith(answer: { readonly status: number; readonly headers?: Record<string, string> } | null): void;
  /** Says nothing from now on, whatever comes. @returns what gives all that was held its answer, and answers again. */
  silence(): () => void;
  /** How many requests wait for an answer that does not come. */
  held(): number;
  /** How many connections came. */
  connections(): number;
}

interface Browser {
  readonly keys: ECDH;
  readonly auth: Buffer;
  readonly pushKey: string;
  gone: boolean;
}

const hkdf = (secret: Uint8Array, salt: Uint8Array, info: Uint8Array | string, length: number): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, salt, info, length));

/** RFC 8188 §2.1 and RFC 8291 §3.4: one record, from whom and with what it says itself. */
function decrypt(body: Buffer, { keys, auth }: Browser): string {
  const [salt, idLength] = [body.subarray(0, 16), body.readUInt8(20)];
  const [sender, sealed] = [body.subarray(21, 21 + idLength), body.subarray(21 + idLength)];
  assert.ok(sealed.length <= body.readUInt32BE(16), "one record");
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), keys.getPublicKey(), sender]);
  const secret = hkdf(keys.computeSecret(sender), auth, info, 32);
  const key = hkdf(secret, salt, "Content-Encoding: aes128gcm\0", 16);
  const nonce = hkdf(secret, salt, "Content-Encoding: nonce\0", 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce).setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  const end = plain.lastIndexOf(2);
  assert.ok(end >= 0, "the last record ends with a delimiter of 2");
  return plain.subarray(0, end).toString("utf8");
}

/** RFC 8292 §3: a token for this service, of the key that the browser subscribed with. Returns whom it names. */
async function senderOf(authorization: string, pushKey: string): Promise<string> {
  const [, token = "", key = ""] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  assert.equal(key, pushKey, "the key that the browser subscribed with");
  const point = Buffer.from(key, "base64url");
  const [x, y] = [point.subarray(1, 33).toString("base64url"), point.subarray(33).toString("base64url")];
  const publicKey = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  const { payload } = await jwtVerify(token, publicKey, { algorithms: ["ES256"], audience: ORIGIN });
  assert.ok((payload.exp ?? Number.POSITIVE_INFINITY) <= Date.now() / 1000 + 24 * 3600, "at most 24 hours");
  assert.match(payload.sub ?? "", /^(?:https:|mailto:)/);
  return payload.sub ?? "";
}

const header = (request: IncomingMessage, name: string): string => String(request.headers[name] ?? "");

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Starts a peer; it is closed when the test ends. */
export async function startPushPeer(t: TestContext): Promise<PushPeer> {
  const browsers = new Map<string, Browser>();
  const received: PushedMessage[] = [];
  const refused: string[] = [];
  let fixed: Parameters<PushPeer["answerWith"]>[0] = null;
  let connections = 0;
  let silent: Promise<void> | null = null;
  let held = 0;

  /** Until it speaks again, or the sender has lost its patience. */
  async function hold(speaks: Promise<void>, response: ServerResponse): Promise<void> {
    held += 1;
    await Promise.race([speaks, once(response, "close")]);
    held -= 1;
  }

  async function read(request: IncomingMessage, endpoint: string, browser: Browser): Promise<PushedMessage> {
    const body = await bodyOf(request);
    assert.equal(header(request, "content-encoding"), "aes128gcm");
    assert.ok(body.length <= 4096, "RFC 8030 §7.2");
    const [ttl, urgency, topic] = ["ttl", "urgency", "topic"].map((name) => header(request, name));
    assert.match(ttl ?? "", /^\d+$/, "RFC 8030 §5.2");
    assert.match(topic ?? "", /^[\w-]{1,32}$/, "RFC 8030 §5.4");
    const subject = await senderOf(header(request, "authorization"), browser.pushKey);
    return {
      endpoint,
      payload: decrypt(body, browser),
      ttl: ttl ?? "",
      urgency: urgency ?? "",
      topic: topic ?? "",
      subject,
    };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (silent) await hold(silent, response);
    if (fixed) return void response.writeHead(fixed.status, fixed.headers).end();
    const endpoint = `${ORIGIN}${request.url ?? ""}`;
    const browser = browsers.get(endpoint);
    if (request.method !== "POST") return void response.writeHead(405).end();
    if (!browser || browser.gone) return void response.writeHead(browser ? 410 : 404).end();
    try {
      received.push(await read(request, endpoint, browser));
      response.writeHead(201, { location: `${endpoint}/message` }).end();
    } catch (error) {
      refused.push(String(error));
      response.writeHead(403).end();
    }
  }

  const { cert, key } = selfSigned(HOST, 30);
  const server = createServer({ cert, key }, (request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const connect = secureConnection(cert);
  const web = createGuardedFetch({
    resolve: async () => ["104.18.0.1"],
    connect: ({ hostname }, signal) => {
      connections += 1;
      return connect({ address: "127.0.0.1", port: address.port, hostname }, signal);
    },
  });
  return {
    web: { ...web, post: (url, letter) => web.post(url, letter, PATIENCE_MS) },
    received,
    refused,
    subscribe(pushKey) {
      const [keys, auth] = [createECDH("prime256v1"), randomBytes(16)];
      const p256dh = keys.generateKeys("base64url");
      const endpoint = `${ORIGIN}/wpush/${randomBytes(16).toString("base64url")}`;
      browsers.set(endpoint, { keys, auth, pushKey, gone: false });
      return { endpoint, p256dh, auth: auth.toString("base64url") };
    },
    unsubscribe({ endpoint }) {
      const browser = browsers.get(endpoint);
      if (browser) browser.gone = true;
    },
    answerWith: (next) => (fixed = next),
    silence() {
      const { promise, resolve } = Promise.withResolvers<void>();
      silent = promise;
      return () => {
        silent = null;
        resolve();
      };
    },
    held: () => held,
    connections: () => connections,
  };
}
