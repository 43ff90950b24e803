import type { Check } from "../check.ts";
import { documentOf, inShort, listOf, membersOf, type Members, textOf } from "../documents.ts";
import { Fault, Skipped } from "../fault.ts";
import { documentFix, serverPlaces, strayPlaces } from "../places.ts";
import type { Visit } from "../visit.ts";

const OWN_ADDRESS =
  "Set the server's public address (in Bellhop: SERVER_BASE_URL): the issuer is made of it, and nothing else may change it.";

async function isThere(visit: Visit): Promise<string> {
  await visit.facts.server();
  return (await visit.facts.issuer()) ?? "";
}

async function issuerIsSame(visit: Visit): Promise<string> {
  const [server, issuer] = await Promise.all([visit.needs.server(), visit.needs.issuer()]);
  const said = textOf(server, "issuer");
  if (said === issuer) return issuer;
  throw new Fault(
    `The metadata says issuer ${said ?? "nothing"}, and the resource names ${issuer}. They are compared letter by letter, a slash at the end included (RFC 8414 §3.3).`,
    OWN_ADDRESS,
  );
}

/** A place that answers with something else is worse than one that answers 404: clients stop there. */
async function agreesAt(visit: Visit, place: string, issuer: string): Promise<boolean> {
  const answer = await visit.probe.ask(place);
  if (answer.status >= 400 && answer.status < 500) return false;
  const document = documentOf(answer, "the authorization server's metadata", documentFix("oauth-authorization-server"));
  const said = textOf(document, "issuer");
  if (said === issuer) return true;
  throw new Fault(`${inShort(answer)} with issuer ${said ?? "missing"}, elsewhere it is ${issuer}.`, OWN_ADDRESS);
}

async function agreeing(visit: Visit, places: readonly string[]): Promise<readonly string[]> {
  const issuer = await visit.needs.issuer();
  await visit.needs.server();
  const found = await Promise.all(places.map(async (place) => ((await agreesAt(visit, place, issuer)) ? [place] : [])));
  return found.flat();
}

async function openId(visit: Visit): Promise<string> {
  const places = serverPlaces(await visit.needs.issuer()).filter((place) => place.includes("openid-configuration"));
  const found = await agreeing(visit, places);
  if (found.length === 0) throw new Skipped("Not published; clients use the other document.");
  return found.join(", ");
}

async function strays(visit: Visit): Promise<string> {
  const issuer = await visit.needs.issuer();
  if (new URL(issuer).origin !== new URL(visit.url).origin) {
    throw new Skipped("The authorization server is at another origin.");
  }
  const places = strayPlaces(visit.url, issuer);
  const found = await agreeing(visit, places);
  return `${found.length} of ${places.length} further places answer, and agree`;
}

async function endpoints(visit: Visit): Promise<string> {
  const server = await visit.needs.server();
  const issuer = new URL(await visit.needs.issuer());
  const wrong = ["authorization_endpoint", "token_endpoint"].flatMap((name) => {
    const url = URL.parse(textOf(server, name) ?? "");
    if (url === null) return [`${name} is missing`];
    return url.protocol === issuer.protocol ? [] : [`${name} is ${url.href}, not ${issuer.protocol.slice(0, -1)}`];
  });
  if (wrong.length === 0) return textOf(server, "token_endpoint") ?? "";
  throw new Fault(
    `${wrong.join("; ")}. Behind a proxy that ends TLS this means that addresses are made from the request.`,
    OWN_ADDRESS,
  );
}

/** A check that a list of the metadata holds a value. */
const lists = (name: string, value: string, why: string, absentMeans: readonly string[] = []) =>
  async function holds(visit: Visit): Promise<string> {
    const values = listOf(await visit.needs.server(), name) ?? absentMeans;
    if (values.includes(value)) return `${name}: ${values.join(", ")}`;
    throw new Fault(
      `${name} ${values.length === 0 ? "is missing" : `holds ${values.join(", ")}`}, without ${value}: ${why}`,
      `Add "${value}" to ${name}.`,
    );
  };

async function refreshes(visit: Visit): Promise<string> {
  const server = await visit.needs.server();
  // RFC 8414 §2: without the member the server supports authorization_code and implicit alone.
  const grants = listOf(server, "grant_types_supported") ?? ["authorization_code", "implicit"];
  const scopes = listOf(server, "scopes_supported") ?? [];
  if (!grants.includes("refresh_token")) {
    throw new Fault(
      "grant_types_supported has no refresh_token: every person links again whenever an access token ends.",
      'Issue refresh tokens, and add "refresh_token" to grant_types_supported.',
    );
  }
  if (scopes.includes("offline_access")) return "refresh_token, offline_access";
  throw new Fault(
    "scopes_supported has no offline_access, so clients that ask only for what is listed get no refresh token, and people are logged out.",
    "Add offline_access to the authorization server's scopes_supported, and honour it.",
  );
}

async function documentsFlag(visit: Visit): Promise<string> {
  const server = await visit.needs.server();
  if (server["client_id_metadata_document_supported"] !== true) {
    if (textOf(server, "registration_endpoint") !== undefined) {
      throw new Skipped("Not offered; clients register dynamically instead.");
    }
    throw new Fault(
      "Neither client_id_metadata_document_supported nor registration_endpoint is there, so no assistant can introduce itself.",
      "Offer one of the two, or give each person a client id by hand.",
    );
  }
  if (listOf(server, "token_endpoint_auth_methods_supported")?.includes("none") === true) return "offered";
  throw new Fault(
    'Client documents are offered, but token_endpoint_auth_methods_supported has no "none": Claude then does not use them.',
    'Add "none" to token_endpoint_auth_methods_supported.',
  );
}

const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "k"];

async function keys(visit: Visit): Promise<string> {
  const place = textOf(await visit.needs.server(), "jwks_uri");
  if (place === undefined) throw new Skipped("No jwks_uri: the access tokens are opaque.");
  const document = documentOf(
    await visit.probe.ask(place),
    "the key set",
    "Let the proxy hand jwks_uri on to the server.",
  );
  const set = Array.isArray(document["keys"]) ? document["keys"].map(asMembers) : [];
  if (set.some((key) => PRIVATE_MEMBERS.some((name) => name in key))) {
    throw new Fault(
      "The published key set holds a private key: anyone can make tokens of this server.",
      "Publish the public half alone, and replace the signing key now.",
    );
  }
  if (set.length > 0) return `${set.length} ${set.length === 1 ? "key" : "keys"}`;
  throw new Fault(`${place} holds no key, so no token can be verified.`, "Publish the public half of the signing key.");
}

const asMembers = (value: unknown): Members => membersOf(JSON.stringify(value)) ?? {};

/** The metadata of the authorization server (RFC 8414). */
export const serverChecks: readonly Check[] = [
  { id: "server.document", title: "The authorization server's metadata is there", run: isThere },
  { id: "server.issuer", title: "Its issuer is the one that the resource names", run: issuerIsSame },
  { id: "server.openid", title: "openid-configuration says the same", run: openId },
  { id: "server.places", title: "So does every other place where clients look", run: strays },
  { id: "server.endpoints", title: "Its endpoints are addresses of the same kind", run: endpoints },
  {
    id: "server.pkce",
    title: "PKCE with S256 is offered",
    run: lists("code_challenge_methods_supported", "S256", "clients must refuse such a server (MCP authorization)."),
  },
  {
    id: "server.public_clients",
    title: "Clients without a secret are welcome",
    run: lists(
      "token_endpoint_auth_methods_supported",
      "none",
      "assistants that keep no secret, Claude among them, cannot get a token.",
      ["client_secret_basic"],
    ),
  },
  { id: "server.client_documents", title: "Clients may introduce themselves by a document", run: documentsFlag },
  { id: "server.refresh", title: "A link can outlive its first token", run: refreshes },
  { id: "server.keys", title: "The signing keys are published, and only their public halves", run: keys },
];
