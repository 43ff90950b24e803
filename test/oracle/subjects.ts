import type { TestContext } from "node:test";
import * as z from "zod";
import { createGuardedFetch } from "../../src/adapters/web/guarded-fetch.ts";
import { startApp } from "../../src/app/app.ts";
import { parseConfig } from "../../src/config/config.ts";
import { openPGlite } from "../../src/database/pglite.ts";
import { freePort, preparedData } from "../bellhop.ts";
import { privyApp, type PrivyApp } from "../clients/raw-link.ts";
import { shownPerson } from "../clients/shown-person.ts";
import { type Engine, freshPostgres } from "../database.ts";
import { emptyPGlite } from "../empty-pglite.ts";
import { connectTo, serveDocuments } from "../zoo/documents.ts";
import { startOracle } from "./oracle.ts";
import { cookieJar, endOf, endpointsOf, type Subject, type Visit } from "./subject.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** Our consent page, by hand: its address holds the request, and the decision is one JSON call. */
async function visitOurs(baseUrl: string, privy: PrivyApp, authorizeUrl: string, allow: boolean): Promise<Visit> {
  const jar = cookieJar();
  const opened = await fetch(authorizeUrl, { redirect: "manual" });
  jar.take(opened);
  const end = await endOf(opened, baseUrl);
  if (!(end instanceof URL)) return end;
  const send = async (path: string, body: unknown): Promise<Response> => {
    const headers = { ...JSON_TYPE, origin: baseUrl, cookie: jar.header() };
    const answer = await fetch(baseUrl + path, { method: "POST", headers, body: JSON.stringify(body) });
    jar.take(answer);
    return answer;
  };
  await send("/api/sign-in/privy", { token: await privy.token() });
  const shown = await fetch(`${baseUrl}/api/consent${end.search}`, { headers: { cookie: jar.header() } });
  const request = end.searchParams.get("request");
  const decided = await send("/authorize", { request, user_consent: allow, person: await shownPerson(shown) });
  const { redirect_uri: address } = z.object({ redirect_uri: z.string() }).parse(await decided.json());
  return { at: "client", address, parameters: new URL(address).searchParams };
}

/** Our server, whole, on one engine; close it before the test ends, since then its data goes. */
export async function startOurs(t: TestContext, engine: Engine): Promise<Subject> {
  const [port, privy, documents] = [await freePort(), await privyApp(), await serveDocuments(t)];
  const { config } = parseConfig({
    PORT: String(port),
    BELLHOP_DATA_DIR: await preparedData(t),
    PRIVY_APP_ID: privy.appId,
    PRIVY_VERIFICATION_KEY: privy.verificationKey,
    BELLHOP_TRUSTED_PROXIES: "1",
    ...(engine === "postgres" ? { DATABASE_URL: await freshPostgres(t) } : {}),
  });
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (facts: unknown) => t.diagnostic(JSON.stringify(facts)),
  };
  const app = await startApp({ config, log, print: () => undefined, web: createGuardedFetch(connectTo(documents)) });
  return {
    name: "bellhop",
    issuer: app.baseUrl,
    endpoints: await endpointsOf(app.baseUrl),
    documents,
    visit: (url, decision) => visitOurs(app.baseUrl, privy, url, decision === "allow"),
    close: app.close,
  };
}

/** The oracle's pages: the engine sends the browser to its consent page, which sends it back to go on. */
async function visitOracle(issuer: string, authorizeUrl: string, consent: boolean): Promise<Visit> {
  const jar = cookieJar();
  const open = async (url: string | URL): Promise<Visit | URL> => {
    const response = await fetch(url, { redirect: "manual", headers: { cookie: jar.header() } });
    jar.take(response);
    return endOf(response, issuer);
  };
  const page = await open(authorizeUrl);
  if (!(page instanceof URL)) return page;
  const body = JSON.stringify({ account: "ana", consent });
  const decided = await fetch(page, { method: "POST", headers: { ...JSON_TYPE, cookie: jar.header() }, body });
  const { next } = z.object({ next: z.url() }).parse(await decided.json());
  const end = await open(next);
  if (end instanceof URL) throw new Error(`The oracle went on to ${end.href}.`);
  return end;
}

/** The certified engine, on the embedded database in memory. */
export async function startTheirs(t: TestContext): Promise<Subject> {
  const database = await openPGlite({ from: await emptyPGlite(), clock: () => new Date() });
  const documents = await serveDocuments(t);
  const oracle = await startOracle(database, await freePort(), documents.address);
  return {
    name: "oidc-provider",
    issuer: oracle.issuer,
    endpoints: await endpointsOf(oracle.issuer),
    documents,
    visit: (url, decision) => visitOracle(oracle.issuer, url, decision === "allow"),
    close: oracle.close,
  };
}
