import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { bodyOf, listenOnLoopback } from "./listen.ts";

export const SITE_KEY = "0x4AAAAAAATest";
export const SECRET_KEY = "0x4AAAAAAATestSecret";

/** A service that speaks Turnstile's protocol: the page's script, its frame, and the check. */
export interface TurnstileService {
  readonly url: string;
  /** A proof as a page of this host name would get it. */
  proof(hostname: string, action: string): string;
  /** Answers the check this way from now on; undefined ends that. */
  answer: { readonly status: number; readonly body: string } | "hang" | undefined;
  /** How often it was asked. */
  asked: number;
}

/** The script shows a frame from the service's own origin, which passes a proof on: as the real one does. */
const script = (url: string): string => `
  globalThis.turnstile = {
    render(place, options) {
      const frame = document.createElement("iframe");
      frame.title = "Check that you are a person";
      frame.src = ${JSON.stringify(url)} + "/frame?" + new URLSearchParams({
        hostname: location.hostname, action: options.action, sitekey: options.sitekey });
      frame.width = 300; frame.height = 65;
      addEventListener("message", (event) => {
        if (event.source === frame.contentWindow) options.callback(event.data);
      });
      place.append(frame);
      return "widget-1";
    },
    remove() {
      document.querySelectorAll("iframe").forEach((frame) => frame.remove());
    },
  };`;

const frame = (proof: string): string => `<!doctype html><html lang="en"><title>Check</title>
  <body><button onclick="parent.postMessage('${proof}', '*')">I am a person</button></body></html>`;

export async function startTurnstile(t: TestContext): Promise<TurnstileService> {
  const proofs = new Map<string, { readonly hostname: string; readonly action: string }>();

  function check(form: URLSearchParams): unknown {
    if (form.get("secret") !== SECRET_KEY) return { success: false, "error-codes": ["invalid-input-secret"] };
    const given = proofs.get(form.get("response") ?? "");
    proofs.delete(form.get("response") ?? "");
    if (!given) return { success: false, "error-codes": ["timeout-or-duplicate"] };
    return { success: true, ...given, challenge_ts: new Date().toISOString(), "error-codes": [] };
  }

  async function answerCheck(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { answer } = service;
    if (answer === "hang") return;
    const form = new URLSearchParams(await bodyOf(request));
    const body = answer?.body ?? JSON.stringify(check(form));
    response.writeHead(answer?.status ?? 200, { "content-type": "application/json" }).end(body);
  }

  const { url } = await listenOnLoopback(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/turnstile/v0/api.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script(url));
    } else if (pathname === "/frame") {
      const proof = service.proof(searchParams.get("hostname") ?? "", searchParams.get("action") ?? "");
      response.writeHead(200, { "content-type": "text/html" }).end(frame(proof));
    } else {
      service.asked += 1;
      void answerCheck(request, response);
    }
  });
  const service: TurnstileService = {
    url,
    answer: undefined,
    asked: 0,
    proof(hostname, action) {
      const proof = randomUUID();
      proofs.set(proof, { hostname, action });
      return proof;
    },
  };
  return service;
}
