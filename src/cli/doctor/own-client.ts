import { membersOf, textOf, listOf, type Members, withBody } from "./documents.ts";
import { Fault } from "./fault.ts";
import type { Answer, Probe } from "./probe.ts";
import type { Secrets } from "./secrets.ts";

/** The client as which the doctor asks. */
export interface Client {
  readonly id: string;
  readonly secret: string | undefined;
  /** How it proves itself at the token endpoint. */
  readonly method: "none" | "client_secret_basic" | "client_secret_post";
  readonly redirectUri: string;
  readonly registered: boolean;
}

interface OwnClientParts {
  readonly probe: Probe;
  readonly secrets: Secrets;
  readonly given:
    | { readonly id: string; readonly secret: string | undefined; readonly redirectUri: string | undefined }
    | undefined;
  readonly redirectUri: string;
}

const OFF =
  "Publish registration_endpoint (in Bellhop: BELLHOP_DYNAMIC_REGISTRATION), or make a client and give it with --client-id.";

/** Sends a registration (RFC 7591 §3.1) for these redirect addresses. */
export const register = (probe: Probe, endpoint: string, redirectUris: readonly string[]): Promise<Answer> =>
  probe.ask(endpoint, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({
      client_name: "Bellhop doctor",
      redirect_uris: redirectUris,
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      application_type: "native",
    }),
  });

/** The usual method unless the server lists only the other one (RFC 8414 §2: the default is basic). */
function methodOf(server: Members, secret: string | undefined): Client["method"] {
  if (secret === undefined) return "none";
  const methods = listOf(server, "token_endpoint_auth_methods_supported") ?? ["client_secret_basic"];
  return methods.includes("client_secret_basic") ? "client_secret_basic" : "client_secret_post";
}

async function registeredClient(parts: OwnClientParts, server: Members): Promise<Client> {
  const endpoint = textOf(server, "registration_endpoint");
  if (endpoint === undefined) throw new Fault("No client can register by itself here.", OFF);
  const answer = await register(parts.probe, endpoint, [parts.redirectUri]);
  const members = membersOf(answer.text) ?? {};
  const id = textOf(members, "client_id");
  if (answer.status !== 201 || id === undefined) {
    throw new Fault(
      `${withBody(answer)}. A client registers with 201 and gets a client_id (RFC 7591 §3.2.1).`,
      "Let POST requests without a token reach the registration endpoint, and look at the server's log for what it refused.",
    );
  }
  const secret = parts.secrets.hide(textOf(members, "client_secret"));
  parts.secrets.hide(textOf(members, "registration_access_token"));
  return { id, secret, method: methodOf(server, secret), redirectUri: parts.redirectUri, registered: true };
}

/** The client that was given, else one that registers itself. @throws Fault when it cannot. */
export async function ownClient(parts: OwnClientParts, server: Members): Promise<Client> {
  const { given } = parts;
  if (given === undefined) return registeredClient(parts, server);
  return {
    id: given.id,
    secret: given.secret,
    method: methodOf(server, given.secret),
    redirectUri: given.redirectUri ?? parts.redirectUri,
    registered: false,
  };
}
