/**
 * A counterpart outside, as a process of its own: a till that pays. What it has done lies in a file that only grows, so that
 * it can be asked afterwards, whatever happened to whoever asked it to pay. TILL_FILE names the file, TILL_SEED decides how
 * it behaves.
 *
 * - `POST /pay {key, amount, to}` pays once for each key.
 * - `POST /pay-once {key, amount, to}` pays each time that it is asked.
 * - `GET /payments/KEY` says whether it was paid.
 * - `DELETE /payments/KEY` closes a key that was not paid: a request that is still on its way pays nothing any more.
 * - `POST /mood {answers}` decides whether the two before are answered. While they are not, each key goes without an answer some
 *   times and no more: servers look for evidence a number of times, however long other servers take to start meanwhile.
 */
import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { type Behaviour, behaviourOf } from "./till-behaviour.ts";
import { type Payment, payments } from "./till-book.ts";

const { TILL_FILE = "", TILL_SEED = "1" } = process.env;

const order = z.object({ key: z.string().min(1), amount: z.string(), to: z.string() });

const paid = new Map<string, Payment>();
const closed = new Set<string>();
/** Those that were asked to be paid before: a till misbehaves once for each. */
const seen = new Set<string>();
let answers = true;
const MOST_SILENCES = 3;
/** How often each key went without an answer. */
const silences = new Map<string, number>();

for (const payment of payments(TILL_FILE)) paid.set(payment.key, payment);

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function isSilent(key: string): boolean {
  const times = silences.get(key) ?? 0;
  if (answers || times >= MOST_SILENCES) return false;
  silences.set(key, times + 1);
  return true;
}

/** Pays: it is written down before anybody hears of it. False for a key that was closed. */
function pay({ key, amount, to }: z.output<typeof order>, repeats: boolean): boolean {
  if (closed.has(key)) return false;
  if (paid.has(key) && !repeats) return true;
  const payment = { key, amount, to };
  appendFileSync(TILL_FILE, `${JSON.stringify(payment)}\n`);
  paid.set(key, payment);
  return true;
}

/** What comes between an order and its answer. */
async function serve(asked: z.output<typeof order>, repeats: boolean, response: ServerResponse): Promise<void> {
  const first = !seen.has(asked.key);
  seen.add(asked.key);
  const { how, ms }: Behaviour = first ? behaviourOf(Number(TILL_SEED), asked.to) : { how: "pays", ms: 0 };
  if (how === "refuses") return answer(response, 409, { error: "The till is closed." });
  if (how === "loses") return void response.destroy();
  if (how === "breaks") return answer(response, 500, { error: "The till is broken." });
  // It goes on, also when whoever asked has died meanwhile.
  if (how === "pays late") await pause(ms);
  if (!pay(asked, repeats)) return answer(response, 410, { error: "The key is closed." });
  if (how === "pays and loses") return void response.destroy();
  if (how === "pays and waits") await pause(ms);
  return answer(response, 200, { key: asked.key });
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "", url = "" } = request;
  const key = decodeURIComponent(/^\/payments\/(.+)$/.exec(url)?.[1] ?? "");
  if (method === "POST" && (url === "/pay" || url === "/pay-once"))
    return serve(order.parse(await json(request)), url === "/pay-once", response);
  if (method === "POST" && url === "/mood") {
    ({ answers } = z.object({ answers: z.boolean() }).parse(await json(request)));
    return answer(response, 200, { answers });
  }
  if (key === "") return answer(response, 404, {});
  if (isSilent(key)) return answer(response, 503, { error: "The till does not answer." });
  const payment = paid.get(key);
  if (payment) return answer(response, 200, payment);
  if (method === "DELETE") closed.add(key);
  return answer(response, method === "DELETE" ? 204 : 404, {});
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => answer(response, 400, { error: String(error) }));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null)
    console.log(`The till is open at http://127.0.0.1:${address.port}`);
});
