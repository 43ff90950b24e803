import { randomInt } from "node:crypto";
import type { AccountServer } from "./server.ts";

/** Whatever JSON came; each test says what it expects of it. */
type Parsed = ReturnType<typeof JSON.parse>;

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Parsed;
}

/** A browser on one machine: it sends Origin, and keeps and returns its cookies. */
export interface Browser {
  /** The session cookie's value, or null. */
  readonly session: string | null;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, headers?: Record<string, string>, body?: unknown): Promise<Answer>;
  /** Asks for a code, reads the mail, and returns both halves of the proof. */
  askForCode(email: string): Promise<{ challenge: string; code: string }>;
  /** The whole sign-in by mail; returns the user. */
  signIn(email: string): Promise<Parsed>;
}

const codeIn = (text: string): string => /\b\d{6}\b/.exec(text)?.[0] ?? "no code";
const randomAddress = (): string => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;

/** @param from the client address that the server sees; each browser has its own where nothing is said. */
export function openBrowser(
  server: Pick<AccountServer, "address" | "baseUrl" | "peer">,
  from = randomAddress(),
): Browser {
  const jar = new Map<string, string>();

  async function send(
    method: string,
    path: string,
    init: RequestInit,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const sent = { ...(cookie ? { cookie } : {}), "x-forwarded-for": from, ...headers };
    const response = await fetch(server.address + path, { method, ...init, headers: sent });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.delete(name);
      if (value !== "") jar.set(name, value);
    }
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
  }

  const ours = { origin: server.baseUrl };
  const browser: Browser = {
    get session() {
      return jar.get("bellhop-session") ?? jar.get("__Host-bellhop-session") ?? null;
    },
    get: (path) => send("GET", path, {}, {}),
    post: (path, body, headers = {}) =>
      send("POST", path, { body: JSON.stringify(body) }, { "content-type": "application/json", ...ours, ...headers }),
    put: (path, body, headers = {}) =>
      send("PUT", path, { body: JSON.stringify(body) }, { "content-type": "application/json", ...ours, ...headers }),
    patch: (path, body, headers = {}) =>
      send("PATCH", path, { body: JSON.stringify(body) }, { "content-type": "application/json", ...ours, ...headers }),
    delete: (path, headers = {}, body) =>
      body === undefined
        ? send("DELETE", path, {}, { ...ours, ...headers })
        : send(
            "DELETE",
            path,
            { body: JSON.stringify(body) },
            { "content-type": "application/json", ...ours, ...headers },
          ),
    async askForCode(email) {
      const asked = await browser.post("/api/sign-in/email", { email });
      if (asked.status !== 202) throw new Error(`No code for ${email}: ${JSON.stringify(asked.body)}`);
      const mail = await server.peer.take(email.trim().toLowerCase(), /sign-in code/);
      return { challenge: asked.body.challenge, code: codeIn(mail.text) };
    },
    async signIn(email) {
      const answer = await browser.post("/api/sign-in/email/verify", await browser.askForCode(email));
      if (answer.status !== 200) throw new Error(`No sign-in for ${email}: ${JSON.stringify(answer.body)}`);
      return answer.body.user;
    },
  };
  return browser;
}
