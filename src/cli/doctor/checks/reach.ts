import type { Check } from "../check.ts";
import { inShort } from "../documents.ts";
import { Fault, Skipped } from "../fault.ts";
import type { Visit } from "../visit.ts";

const DAY = 24 * 3600 * 1000;
/** An expiry this near means that nobody renews. */
const LAST_DAYS = 7;
/** Clients and servers allow about this much when they compare times of a token. */
const MOST_SKEW_MS = 60_000;

const isPlain = ({ url }: Visit): boolean => new URL(url).protocol === "http:";

const isThisMachine = ({ url }: Visit): boolean =>
  /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

async function answers(visit: Visit): Promise<string> {
  const answer = await visit.facts.refusal();
  if (answer.status < 500 && answer.status !== 404) return `${inShort(answer)} in ${Math.round(answer.ms)} ms`;
  throw new Fault(
    `${inShort(answer)}: ${answer.status === 404 ? "there is no MCP server at this path" : "the server, or the proxy in front, is broken"}.`,
    answer.status === 404
      ? "Give the whole MCP address, such as https://your.host/mcp, and let the proxy hand that very path on."
      : "Look at the log of the proxy, then at the server's.",
  );
}

async function tls(visit: Visit): Promise<string> {
  if (isPlain(visit)) {
    if (isThisMachine(visit)) throw new Skipped("Plain HTTP on this machine needs no TLS.");
    throw new Fault(
      "The address is plain http, so codes and tokens cross the network readable, and assistants refuse it.",
      "Put a proxy or a tunnel with an https address in front.",
    );
  }
  const { security } = await visit.needs.refusal();
  const { protocol, validTo } = security ?? { protocol: "no TLS", validTo: null };
  if (!/^TLSv1\.[23]$/.test(protocol)) {
    throw new Fault(`It was spoken over ${protocol}.`, "Allow TLS 1.2 and 1.3, and nothing older.");
  }
  const days = validTo === null ? undefined : Math.floor((validTo.getTime() - Date.now()) / DAY);
  if (days === undefined || days >= LAST_DAYS) return `${protocol}, certificate valid for ${days ?? "unknown"} days`;
  throw new Fault(
    `The certificate ends in ${days} days; from then on no assistant connects.`,
    "Renew it, and see why it was not renewed by itself.",
  );
}

async function plainHttp(visit: Visit): Promise<string> {
  if (visit.plainUrl === null) throw new Skipped("Asked only of https on its usual port.");
  const answer = await visit.probe.ask(visit.plainUrl).catch((error: unknown) => {
    if (error instanceof Fault) return null;
    throw error;
  });
  if (answer === null) return "nothing answers plain HTTP";
  const target = URL.parse(answer.headers.location ?? "", visit.plainUrl);
  const moved = answer.status >= 300 && answer.status < 400;
  if (moved && target?.protocol === "https:" && target.hostname === new URL(visit.url).hostname) {
    return `${answer.status} to ${target.origin}`;
  }
  throw new Fault(
    `${inShort(answer)} over plain HTTP${moved ? `, a redirect to ${answer.headers.location}` : ""}: what is sent there can be read on the way.`,
    "Let port 80 answer with a permanent redirect to the https address, and with nothing else.",
  );
}

async function hsts(visit: Visit): Promise<string> {
  if (isPlain(visit)) throw new Skipped("Only for https.");
  const header = (await visit.needs.refusal()).headers["strict-transport-security"];
  const seconds = Number(/max-age="?(\d+)/i.exec(header ?? "")?.[1] ?? 0);
  if (seconds > 0) return `Strict-Transport-Security: ${header}`;
  throw new Fault(
    "There is no Strict-Transport-Security header (RFC 6797), so a browser that is given an http link sends its first request readable.",
    "Send Strict-Transport-Security: max-age=31536000 from the proxy.",
  );
}

async function clock(visit: Visit): Promise<string> {
  const { headers, receivedAt } = await visit.needs.refusal();
  const said = Date.parse(headers.date ?? "");
  if (Number.isNaN(said)) throw new Skipped("The server sends no Date header.");
  const skew = Math.round((said - receivedAt.getTime()) / 1000);
  if (Math.abs(skew) * 1000 <= MOST_SKEW_MS) return `${skew} s apart`;
  throw new Fault(
    `The server's clock and this machine's are ${Math.abs(skew)} s apart; the server is ${skew > 0 ? "ahead" : "behind"}. Tokens then look expired, or not valid yet.`,
    "Run time synchronisation (chrony, systemd-timesyncd) on both machines, and look which one is wrong.",
  );
}

/** Whether the server can be reached, and as clients demand. */
export const reachChecks: readonly Check[] = [
  { id: "reach.answers", title: "The address answers", run: answers },
  { id: "reach.tls", title: "TLS is current and its certificate stands", run: tls },
  { id: "reach.plain_http", title: "Plain HTTP leads to https", run: plainHttp },
  { id: "reach.hsts", title: "Browsers are told to stay with https", run: hsts },
  { id: "reach.clock", title: "The clocks agree", run: clock },
];
