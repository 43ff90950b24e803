import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Lasting } from "./bellhop.ts";

/** What a pooler lets a client say of itself where its connection starts (PgBouncer, `ignore_startup_parameters`). */
const KNOWN = new Set(["user", "database", "client_encoding", "datestyle", "timezone", "application_name"]);

/** For how long a connection of the database is one client's. */
type Mode = "session" | "transaction";

/** Notification of the server (PostgreSQL, "Message Formats"). */
const NOTIFICATION = "A";

/** The settings in a start message: texts that end with a zero byte, after length and version. */
function startSettings(message: Buffer): readonly string[] {
  const texts = message.subarray(8, -2).toString().split("\0");
  return texts.filter((_text, index) => index % 2 === 0);
}

/** ErrorResponse, as a pooler says that it does not know a setting. */
function refusalOf(name: string): Buffer {
  const fields = `SFATAL\0C08P01\0Munsupported startup parameter: ${name}\0\0`;
  const head = Buffer.from("E\0\0\0\0");
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, Buffer.from(fields)]);
}

/** Hands on whole messages of the server, but for notifications. */
function withoutNotifications(client: Socket): (bytes: Buffer) => void {
  let kept = Buffer.alloc(0);
  return (bytes) => {
    kept = Buffer.concat([kept, bytes]);
    while (kept.length >= 5) {
      const length = 1 + kept.readUInt32BE(1);
      if (kept.length < length) return;
      if (kept.toString("latin1", 0, 1) !== NOTIFICATION) client.write(kept.subarray(0, length));
      kept = kept.subarray(length);
    }
  };
}

function join(client: Socket, target: URL, mode: Mode, start: Buffer): void {
  const server = connect(Number(target.port), target.hostname);
  server.on("error", () => client.destroy());
  client.on("error", () => server.destroy());
  client.on("close", () => server.destroy());
  server.on("close", () => client.end());
  server.write(start);
  client.pipe(server);
  if (mode === "session") server.pipe(client);
  else server.on("data", withoutNotifications(client));
}

function serve(client: Socket, target: URL, mode: Mode): void {
  client.once("data", (start: Buffer) => {
    const unknown = startSettings(start).find((name) => !KNOWN.has(name.toLowerCase()));
    if (unknown === undefined) join(client, target, mode, start);
    else client.end(refusalOf(unknown));
  });
}

/**
 * What a pooler before PostgreSQL does to a connection, of what matters to us: it knows few settings at the start, and in
 * transaction mode it passes no notification on. @returns the address of the same database behind it.
 */
export async function startPooler(t: Lasting, url: string, mode: Mode): Promise<string> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    serve(client, target, mode);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was given.");
  const pooled = new URL(url);
  pooled.host = `127.0.0.1:${address.port}`;
  return pooled.href;
}
