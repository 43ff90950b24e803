import type { Check } from "../check.ts";
import { inShort } from "../documents.ts";
import { Fault } from "../fault.ts";
import type { Answer, Question } from "../probe.ts";
import { serverPlaces } from "../places.ts";
import { initialize, resourcePlace, type Visit } from "../visit.ts";

/** A name that is nobody's (RFC 2606). */
const FOREIGN = "spoofed.invalid";
const FIX = "Make every published address of one setting (in Bellhop: SERVER_BASE_URL), and of no header of a request.";

/** What is asked three times: once as it is, and once with each lie. */
async function published(visit: Visit, headers: Readonly<Record<string, string>>): Promise<readonly Answer[]> {
  await visit.needs.server();
  const places: readonly (readonly [string, Question])[] = [
    [resourcePlace(visit.url), { headers }],
    [serverPlaces(await visit.needs.issuer())[0] ?? visit.url, { headers }],
    [visit.url, { method: "POST", body: initialize, headers: { "content-type": "application/json", ...headers } }],
  ];
  return Promise.all(places.map(([url, question]) => visit.probe.ask(url, question)));
}

/** What of an answer must not depend on who asks. */
const essence = ({ status, headers, text }: Answer): string =>
  JSON.stringify([status, headers["www-authenticate"], status === 200 ? text : "", headers.location]);

const repeats = (answer: Answer): boolean => `${JSON.stringify(answer.headers)}${answer.text}`.includes(FOREIGN);

async function forwarding(visit: Visit): Promise<string> {
  const lies = {
    "x-forwarded-host": FOREIGN,
    "x-forwarded-proto": "http",
    "x-forwarded-port": "81",
    "x-forwarded-prefix": "/spoofed",
    "x-original-url": "/spoofed",
    forwarded: `host=${FOREIGN};proto=http`,
  };
  const [honest, lied] = [await published(visit, {}), await published(visit, lies)];
  const changed = lied.filter(
    (answer, index) => repeats(answer) || essence(answer) !== essence(honest[index] ?? answer),
  );
  if (changed.length === 0) return "X-Forwarded-Host, -Proto, -Port, -Prefix and Forwarded change nothing";
  throw new Fault(
    `Forwarding headers that anyone can send change what is published: ${changed.map(inShort).join("; ")}. A cache in front can then hand a stranger's addresses to everyone.`,
    FIX,
  );
}

async function host(visit: Visit): Promise<string> {
  const answers = await published(visit, { host: FOREIGN });
  const wrong = answers.filter((answer) => answer.status < 400 || answer.status === 401).filter(repeats);
  if (wrong.length === 0) return answers.map(({ status }) => status).join(", ");
  throw new Fault(
    `A foreign Host header appears in what is published: ${wrong.map(inShort).join("; ")}. A page of another site that points its name at this server is let in, too.`,
    `${FIX} Refuse a Host that is not your own.`,
  );
}

/** That nobody in between can change what is published. */
export const proxyChecks: readonly Check[] = [
  { id: "proxy.forwarding", title: "Forwarding headers change nothing that is published", run: forwarding },
  { id: "proxy.host", title: "Nor does the Host header", run: host },
];
