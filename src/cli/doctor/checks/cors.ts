import type { Check } from "../check.ts";
import { textOf } from "../documents.ts";
import { Fault, Skipped } from "../fault.ts";
import type { Answer } from "../probe.ts";
import { resourcePlace, type Visit } from "../visit.ts";
import { serverPlaces } from "../places.ts";

/** Where the MCP Inspector's page is served, the browser client that most people try first. */
const ORIGIN = "http://localhost:6274";
const FIX =
  "Send Access-Control-Allow-Origin (and answer OPTIONS with the allowed methods and headers) here. No cookie is used, so * is safe for the metadata, /register and /token.";

const allows = ({ headers }: Answer): boolean => {
  const allowed = headers["access-control-allow-origin"];
  return allowed === "*" || allowed === ORIGIN;
};

/** The names of a header that lists names, or `*`. */
const namesIn = (header: string | undefined): readonly string[] =>
  (header ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());

const has = (header: string | undefined, name: string): boolean =>
  namesIn(header).includes(name) || namesIn(header).includes("*");

async function readable(visit: Visit): Promise<string> {
  await visit.needs.server();
  const issuer = await visit.needs.issuer();
  const places = [resourcePlace(visit.url), ...serverPlaces(issuer).slice(0, 1)];
  const answers = await Promise.all(places.map((place) => visit.probe.ask(place, { headers: { origin: ORIGIN } })));
  const closed = answers.filter((answer) => answer.status === 200 && !allows(answer)).map(({ url }) => url);
  if (closed.length === 0) return `pages of ${ORIGIN} may read it`;
  throw new Fault(`A page cannot read ${closed.join(" and ")}, so clients in a browser find no server.`, FIX);
}

/** Asks what a browser asks before it sends the request (Fetch §3.2.2). */
const preflight = (visit: Visit, url: string, headers: string): Promise<Answer> =>
  visit.probe.ask(url, {
    method: "OPTIONS",
    headers: { origin: ORIGIN, "access-control-request-method": "POST", "access-control-request-headers": headers },
  });

async function mayPost(visit: Visit, url: string, names: string): Promise<void> {
  const answer = await preflight(visit, url, names);
  const missing = names.split(",").filter((name) => !has(answer.headers["access-control-allow-headers"], name));
  if (answer.status < 300 && allows(answer) && missing.length === 0) return;
  const why = missing.length > 0 && allows(answer) ? `, without allowing ${missing.join(", ")}` : "";
  throw new Fault(
    `The preflight OPTIONS ${url} was answered ${answer.status}${why}: clients in a browser cannot post there.`,
    FIX,
  );
}

async function endpoints(visit: Visit): Promise<string> {
  const server = await visit.needs.server();
  const urls = ["token_endpoint", "registration_endpoint", "revocation_endpoint"].flatMap(
    (name) => textOf(server, name) ?? [],
  );
  for (const url of urls) await mayPost(visit, url, "content-type");
  return urls.map((url) => new URL(url).pathname).join(", ");
}

async function mcp(visit: Visit): Promise<string> {
  await visit.needs.challenge();
  await mayPost(visit, visit.url, "authorization,content-type,mcp-protocol-version");
  const refused = await visit.probe.ask(visit.url, {
    method: "POST",
    body: "{}",
    headers: { origin: ORIGIN, "content-type": "application/json" },
  });
  if (refused.status !== 401) throw new Skipped("Needs challenge.call.");
  if (allows(refused) && has(refused.headers["access-control-expose-headers"], "www-authenticate")) {
    return "the challenge can be read";
  }
  throw new Fault(
    "A page cannot read WWW-Authenticate of the 401, so a client in a browser does not learn where to link.",
    "Send Access-Control-Allow-Origin and Access-Control-Expose-Headers: WWW-Authenticate with the 401.",
  );
}

/** What a client that runs in a browser needs. */
export const corsChecks: readonly Check[] = [
  { id: "cors.metadata", title: "Pages may read the metadata", run: readable },
  { id: "cors.endpoints", title: "Pages may register and get tokens", run: endpoints },
  { id: "cors.mcp", title: "Pages may call, and read why they are refused", run: mcp },
];
