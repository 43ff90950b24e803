import { randomBytes } from "node:crypto";
import { begin, describeReaction } from "../ask-authorize.ts";
import { askToken, errorOf } from "../ask-token.ts";
import type { Check } from "../check.ts";
import { inShort, listOf, membersOf, textOf, withBody } from "../documents.ts";
import { Fault, Skipped } from "../fault.ts";
import { register } from "../own-client.ts";
import type { Visit } from "../visit.ts";

async function dynamic(visit: Visit): Promise<string> {
  const server = await visit.needs.server();
  if (textOf(server, "registration_endpoint") === undefined) throw new Skipped("Not offered.");
  if (visit.given !== undefined) throw new Skipped("A client was given with --client-id.");
  const client = await visit.facts.client();
  if (client.secret === undefined) return "a public client registered";
  throw new Fault(
    "A client that asked for token_endpoint_auth_method none got a secret; one that cannot keep it then fails at the token endpoint.",
    "Register it as a public client, or refuse it.",
  );
}

/** A page that steals codes, were it let in. */
const HOSTILE = ["http://attacker.example/callback", "javascript:alert(1)//callback"];

async function hostileRedirect(visit: Visit): Promise<string> {
  const endpoint = textOf(await visit.needs.server(), "registration_endpoint");
  if (endpoint === undefined) throw new Skipped("Dynamic registration is not offered.");
  for (const uri of HOSTILE) {
    const answer = await register(visit.probe, endpoint, [uri]);
    if (
      answer.status >= 200 &&
      answer.status < 300 &&
      listOf(membersOf(answer.text) ?? {}, "redirect_uris")?.includes(uri)
    ) {
      throw new Fault(
        `${uri} was registered as a redirect address, so codes go there in the clear or run as a script.`,
        "Register https, http on loopback, and private schemes of apps alone (RFC 8252 §7).",
      );
    }
    if (answer.status >= 500) throw new Fault(`${withBody(answer)} for a bad redirect address.`, "Refuse it with 400.");
  }
  return "http elsewhere and javascript are refused";
}

/** What the assistants publish of themselves: client id and redirect address (their documentation, November 2026). */
const documents = {
  claude: ["https://claude.ai/oauth/mcp-oauth-client-metadata", "https://claude.ai/api/mcp/auth_callback"],
  claude_code: ["https://claude.ai/oauth/claude-code-client-metadata", "http://localhost:49152/callback"],
  chatgpt: ["https://chatgpt.com/oauth/client.json", "https://chatgpt.com/connector_platform_oauth_redirect"],
} as const;

const offersDocuments = async (visit: Visit): Promise<boolean> =>
  (await visit.needs.server())["client_id_metadata_document_supported"] === true;

/** Whether an authorization request of that assistant, by its document, is taken. Nothing is approved. */
const byDocument = (name: keyof typeof documents) =>
  async function taken(visit: Visit): Promise<string> {
    if (!(await offersDocuments(visit))) throw new Skipped("Client documents are not offered.");
    const [clientId, redirectUri] = documents[name];
    const reaction = await begin(visit, { client_id: clientId, redirect_uri: redirectUri });
    if (reaction.kind === "page") return describeReaction(reaction);
    throw new Fault(
      `${clientId} is refused: ${describeReaction(reaction)}.`,
      "Let the server fetch that address (outgoing https, no proxy that answers in its place), accept the methods that the document lists, and match loopback redirects with any port.",
    );
  };

/** Addresses that only the server's own network answers. */
const INNER = [
  "https://127.0.0.1/client.json",
  "https://169.254.169.254/latest/meta-data",
  "https://[::1]/client.json",
];

async function innerDocument(visit: Visit): Promise<string> {
  if (!(await offersDocuments(visit))) throw new Skipped("Client documents are not offered.");
  for (const clientId of INNER) {
    const reaction = await begin(visit, { client_id: clientId, redirect_uri: "https://attacker.example/callback" });
    if (reaction.kind !== "page" && reaction.status < 500) continue;
    throw new Fault(
      `${clientId} as a client id was not refused: ${describeReaction(reaction)}. A stranger can make the server fetch from its own network.`,
      "Check the addresses of a client document before connecting, and refuse every one that is not public.",
    );
  }
  return "addresses inside a network are refused";
}

async function given(visit: Visit): Promise<string> {
  if (visit.given === undefined) throw new Skipped("Give a preset client with --client-id.");
  if (visit.given.redirectUri === undefined)
    throw new Skipped("Give an address that it is registered for with --redirect-uri.");
  const reaction = await begin(visit, { client_id: visit.given.id, redirect_uri: visit.given.redirectUri });
  if (reaction.kind === "page") return describeReaction(reaction);
  throw new Fault(
    `The client ${visit.given.id} is refused: ${describeReaction(reaction)}.`,
    "Check the id and its redirect addresses (in Bellhop: `npm start -- client list`, `npm start -- client add-redirect`).",
  );
}

async function confidential(visit: Visit): Promise<string> {
  if (visit.given?.secret === undefined)
    throw new Skipped("Give a client and its secret with --client-id and --client-secret.");
  const client = await visit.needs.client();
  const methods = listOf(await visit.needs.server(), "token_endpoint_auth_methods_supported") ?? [
    "client_secret_basic",
  ];
  const tried = (["client_secret_basic", "client_secret_post"] as const).filter((method) => methods.includes(method));
  const ask = { grant_type: "authorization_code", code: "no-such-code", redirect_uri: client.redirectUri };
  for (const method of tried) {
    const right = await askToken(visit, { ...client, method }, ask);
    if (errorOf(right) !== "invalid_grant") {
      throw new Fault(
        `With its secret by ${method} the client is refused: ${withBody(right)}.`,
        "Check the secret (in Bellhop: `npm start -- client rotate-secret` makes a new one while the old one stays good for a while).",
      );
    }
    const wrong = await askToken(visit, { ...client, method, secret: randomBytes(24).toString("base64url") }, ask);
    if (wrong.status === 401 && errorOf(wrong) === "invalid_client") continue;
    throw new Fault(
      `With a wrong secret by ${method}: ${withBody(wrong)}. It has to be 401 invalid_client (RFC 6749 §5.2).`,
      "Verify the secret before anything else, and refuse a wrong one with 401.",
    );
  }
  if (tried.length === 0)
    throw new Fault(
      `No method takes a secret; the metadata lists ${methods.join(", ")}.`,
      "List client_secret_basic and client_secret_post.",
    );
  return tried.join(", ");
}

async function unknownClient(visit: Visit): Promise<string> {
  const client = { id: `unknown-${randomBytes(6).toString("hex")}`, secret: undefined, method: "none" } as const;
  const answer = await askToken(visit, client, { grant_type: "refresh_token", refresh_token: "no-such-token" });
  if (answer.status === 401 && errorOf(answer) === "invalid_client") return `${inShort(answer)} invalid_client`;
  throw new Fault(
    `An unknown client is answered ${withBody(answer)}. A client whose registration is gone registers again only on 401 invalid_client.`,
    'Answer an unknown client_id at the token endpoint with 401 and error "invalid_client".',
  );
}

/** Every way in which a client can become known. */
export const registrationChecks: readonly Check[] = [
  { id: "registration.dynamic", title: "A client can register itself", run: dynamic },
  { id: "registration.redirect", title: "Dangerous redirect addresses are not registered", run: hostileRedirect },
  { id: "registration.claude", title: "Claude's client document is accepted", run: byDocument("claude") },
  { id: "registration.claude_code", title: "Claude Code's, on any loopback port", run: byDocument("claude_code") },
  { id: "registration.chatgpt", title: "ChatGPT's client document is accepted", run: byDocument("chatgpt") },
  { id: "registration.inner_document", title: "A document inside the network is not fetched", run: innerDocument },
  { id: "registration.preset", title: "The client that was given is known", run: given },
  { id: "registration.confidential", title: "Its secret opens, and a wrong one does not", run: confidential },
  { id: "registration.unknown", title: "An unknown client is told to register again", run: unknownClient },
];
