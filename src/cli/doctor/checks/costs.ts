import type { Check } from "../check.ts";
import { Fault } from "../fault.ts";
import type { Answer } from "../probe.ts";
import type { Visit } from "../visit.ts";

/** Larger than any document of this protocol needs to be. */
const MOST_BODY = 64 * 1024;
/** What common proxies and clients take of headers altogether. */
const MOST_HEADERS = 8 * 1024;

const largest = (answers: readonly Answer[], size: (answer: Answer) => number): Answer | undefined =>
  answers.toSorted((a, b) => size(b) - size(a))[0];

async function quick(visit: Visit): Promise<string> {
  const slowest = largest(visit.probe.answers, ({ ms }) => ms);
  if (slowest === undefined) return "nothing was asked";
  const seen = `the slowest of ${visit.probe.answers.length} answers took ${Math.round(slowest.ms)} ms`;
  if (slowest.ms < visit.patienceMs) return seen;
  throw new Fault(
    `${slowest.method} ${slowest.url} took ${(slowest.ms / 1000).toFixed(1)} s. Claude gives up on discovery, registration and tokens after 10 s.`,
    "Look at what is slow: a cold start, the proxy in front, the database, a sign-in provider that is asked meanwhile.",
  );
}

async function small(visit: Visit): Promise<string> {
  const body = largest(visit.probe.answers, ({ bodyBytes }) => bodyBytes);
  const head = largest(visit.probe.answers, ({ headerBytes }) => headerBytes);
  const wrong = [
    ...(body && body.bodyBytes > MOST_BODY ? [`${body.method} ${body.url} answered ${body.bodyBytes} bytes`] : []),
    ...(head && head.headerBytes > MOST_HEADERS
      ? [`${head.method} ${head.url} answered with ${head.headerBytes} bytes of headers`]
      : []),
  ];
  if (wrong.length === 0) return `at most ${body?.bodyBytes ?? 0} bytes, ${head?.headerBytes ?? 0} of headers`;
  throw new Fault(
    `${wrong.join("; ")}. Clients and proxies in between cut off or refuse what is so large.`,
    "See what adds to it: a page in place of a document, cookies of the proxy, a long policy.",
  );
}

/** What all answers together cost; runs last. */
export const costChecks: readonly Check[] = [
  { id: "cost.time", title: "Every answer came in time", run: quick },
  { id: "cost.size", title: "No answer is too large", run: small },
];
