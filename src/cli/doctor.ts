import { text as readAll } from "node:stream/consumers";
import { version } from "../app/version.ts";
import { AppError } from "../kernel/errors.ts";
import { readArguments } from "./arguments.ts";
import { readConfiguration } from "./configuration.ts";
import { type Callback, listenForCallback } from "./doctor/callback.ts";
import { openBrowser } from "./doctor/open-browser.ts";
import { findingLines, reportOf, summary } from "./doctor/report.ts";
import { type DoctorParts, runDoctor } from "./doctor/run-doctor.ts";
import type { GivenClient } from "./doctor/visit.ts";

const options = {
  json: { type: "boolean", default: false },
  link: { type: "boolean", default: false },
  "client-id": { type: "string" },
  "client-secret": { type: "string" },
  "redirect-uri": { type: "string" },
} as const;

/** How long a person has to decide. */
const DECIDE_MS = 5 * 60_000;
/** Where a client of the doctor's own is registered for; any port is good there. */
const LOOPBACK = "http://127.0.0.1/callback";

const wrong = (sentence: string, next: string): AppError => new AppError("invalid_request", sentence, { next });

/** The MCP address: the one that was typed, or the configured server's. An origin alone stands for its `/mcp`. */
function addressOf(typed: string | undefined): string {
  const text = typed ?? readConfiguration().baseUrl;
  const url = URL.parse(text);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== "" ||
    url.password !== "" ||
    url.hash !== ""
  ) {
    throw wrong("The address cannot be read.", "Give the MCP address, such as https://your.host/mcp.");
  }
  return url.pathname === "/" ? new URL("/mcp", url).href : url.href;
}

/** A secret in the arguments is seen by everyone on the machine, so `-` reads it from the standard input. */
async function clientOf(values: {
  "client-id"?: string;
  "client-secret"?: string;
  "redirect-uri"?: string;
}): Promise<GivenClient | undefined> {
  const id = values["client-id"];
  if (id === undefined) {
    if (values["client-secret"] === undefined && values["redirect-uri"] === undefined) return undefined;
    throw wrong("Say which client it is.", "Add --client-id ID.");
  }
  const given = values["client-secret"];
  const secret = given === "-" ? (await readAll(process.stdin)).trim() : given;
  return { id, secret, redirectUri: values["redirect-uri"] };
}

/** Shows the person where to decide, and waits for what comes back. What is for people goes to the error stream. */
const approvalBy =
  (callback: Callback): NonNullable<DoctorParts["approve"]> =>
  async (url) => {
    console.error(`\n  Open this address, and allow the link (it is ended again):\n  ${url}\n`);
    if (process.stdout.isTTY) openBrowser(url);
    return callback.next();
  };

/** Only a loopback address can be listened at. */
function listen(given: GivenClient | undefined): Promise<Callback> {
  const redirect = URL.parse(given?.redirectUri ?? LOOPBACK);
  if (redirect !== null && /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::|\/|$)/.test(redirect.href)) {
    return listenForCallback(redirect.href, DECIDE_MS);
  }
  throw wrong(
    "A link can be made only with a redirect address on this machine.",
    `Register ${LOOPBACK} for that client, and leave --redirect-uri out.`,
  );
}

/**
 * `npm start -- doctor [URL]`: runs the chain of a link from outside, as clients do, and says what is wrong and what to do.
 * Ends with status 1 when a check fails.
 */
export async function doctor(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options);
  if (positionals.length > 1) throw wrong("Give one address.", "npm start -- doctor https://your.host/mcp");
  const url = addressOf(positionals[0]);
  const given = await clientOf(values);
  const callback = values.link ? await listen(given) : undefined;
  if (!values.json) console.log(`\nBellhop ${version()} looks at ${url}\n`);
  try {
    const findings = await runDoctor({
      url,
      userAgent: `Bellhop-doctor/${version()}`,
      given: given && callback ? { ...given, redirectUri: callback.redirectUri } : given,
      ...(callback ? { redirectUri: callback.redirectUri, approve: approvalBy(callback) } : {}),
      tell: (finding) => {
        const lines = values.json ? null : findingLines(finding);
        if (lines !== null) console.log(lines);
      },
    });
    const report = reportOf(url, findings);
    console.log(values.json ? JSON.stringify(report, null, 2) : `\n${summary(report)}\n`);
    if (!report.ok) process.exitCode = 1;
  } finally {
    callback?.close();
  }
}
