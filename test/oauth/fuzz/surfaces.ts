import assert from "node:assert/strict";
import { shownPerson } from "../../clients/shown-person.ts";
import { CALLBACK, challengeOf, type Rig, VERIFIER } from "../rig.ts";

export type Fields = Record<string, unknown>;

/** One address, and a request to it that succeeds, from which each mutant is made. */
export interface Surface {
  readonly method: "GET" | "POST";
  /** As the router has it, such as `/oauth/:channel/token`. */
  readonly route: string;
  readonly sent: "query" | "json" | "form";
  readonly sound: Fields;
  /** Further names that mean something here. */
  readonly extra: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a whole request is made from. */
async function material(rig: Rig) {
  const [clientId, userId] = [
    await rig.register({ redirect_uris: [CALLBACK, "http://localhost/cb"] }),
    await rig.addUser(),
  ];
  const { refresh, access } = await rig.link(clientId, userId);
  const { code } = await rig.approve(clientId, userId);
  const asked = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: "read",
    state: "s",
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: "S256",
    resource: rig.baseUrl,
  };
  const begun = await rig.get(`/authorize?${new URLSearchParams(asked).toString()}`);
  const cookie = `${begun.headers.get("set-cookie")?.split(";")[0]}; session=${userId}`;
  const handle = new URL(begun.headers.get("location") ?? "").searchParams.get("request") ?? "";
  const person = await shownPerson(await rig.get(`/api/consent?request=${handle}`, { cookie }));
  return { rig, clientId, userId, refresh, access, code, asked, cookie, handle, person };
}

type Material = Awaited<ReturnType<typeof material>>;
type Sound = Omit<Surface, "method" | "route">;

const authorizing = ({ asked }: Material): Sound => ({
  sent: "query",
  sound: asked,
  extra: ["response_mode", "request", "request_uri", "prompt", "nonce"],
});

const deciding = ({ handle, cookie, person }: Material): Sound => ({
  sent: "json",
  sound: { request: handle, user_consent: true, person },
  extra: ["client_id", "privy_token"],
  headers: { cookie },
});

const exchanging = ({ clientId, code }: Material): Sound => ({
  sent: "form",
  sound: {
    grant_type: "authorization_code",
    client_id: clientId,
    code,
    code_verifier: VERIFIER,
    redirect_uri: CALLBACK,
  },
  extra: ["scope", "resource", "refresh_token", "client_secret", "client_assertion", "client_assertion_type"],
});

const refreshing = ({ clientId, refresh }: Material): Sound => ({
  sent: "form",
  sound: { grant_type: "refresh_token", client_id: clientId, refresh_token: refresh },
  extra: ["scope", "resource", "subject_token", "subject_token_type", "requested_token_type", "audience"],
});

const registering = (): Sound => ({
  sent: "json",
  sound: { redirect_uris: [CALLBACK], client_name: "F", scope: "read" },
  extra: ["grant_types", "response_types", "token_endpoint_auth_method", "client_uri", "logo_uri", "jwks", "jwks_uri"],
});

const aboutToken = ({ clientId, access }: Material): Sound => ({
  sent: "form",
  sound: { client_id: clientId, token: access },
  extra: ["token_type_hint", "client_secret", "client_assertion", "client_assertion_type"],
});

const asBearer = ({ access }: Material): Sound => ({
  sent: "form",
  sound: {},
  extra: ["access_token", "client_id", "client_secret", "subject_token"],
  headers: { authorization: `Bearer ${access}` },
});

const readingAsBearer = (from: Material): Sound => ({ ...asBearer(from), sent: "query" });

/** A sound request, or several, for each address that does something; method and route as the router spells them. */
const sounds: Readonly<Record<string, readonly ((from: Material) => Sound)[]>> = {
  "GET /authorize": [authorizing],
  "GET /oauth/:channel/authorize": [authorizing],
  "POST /authorize": [deciding],
  "POST /oauth/:channel/authorize": [deciding],
  "POST /authorize/complete": [
    ({ rig, clientId, userId }) => ({
      sent: "json",
      sound: rig.decision(clientId, userId),
      extra: ["request", "response_type", "resource"],
    }),
  ],
  "GET /api/consent": [
    ({ handle, cookie }) => ({ sent: "query", sound: { request: handle }, extra: ["x"], headers: { cookie } }),
  ],
  "POST /register": [registering],
  "POST /api/mcp/dcr/register": [registering],
  "POST /token": [exchanging, refreshing],
  "POST /oauth/:channel/token": [exchanging, refreshing],
  "POST /revoke": [aboutToken],
  "POST /introspect": [aboutToken],
  "POST /token/introspect": [aboutToken],
  "POST /token/privy/access-token": [asBearer],
  "GET /userinfo": [readingAsBearer],
  "POST /userinfo": [asBearer],
  "GET /api/connector/oauth/userinfo": [readingAsBearer],
  "POST /api/connector/oauth/userinfo": [asBearer],
  "GET /api/connector/oauth/authorize": [
    authorizing,
    (from) => ({ ...authorizing(from), sound: { ...from.asked, response_mode: "json" } }),
  ],
  "GET /api/connector/oauth/request": [
    ({ handle, cookie }) => ({ sent: "query", sound: { request_id: handle }, extra: ["x"], headers: { cookie } }),
  ],
  "POST /api/connector/oauth/exchange": [
    ({ handle, cookie, userId }) => ({
      sent: "json",
      sound: { request_id: handle, access_token: `privy|did:privy:person|${userId}`, user_consent: false },
      extra: ["supabase_user_id", "refresh_token"],
      headers: { cookie },
    }),
  ],
  "POST /api/connector/oauth/token": [exchanging, refreshing],
};

/** Documents take no parameters; whatever is sent along must not matter. */
const document: Sound = { sent: "query", sound: {}, extra: ["resource", "issuer", "client_id", "callback"] };
const isDocument = (key: string): boolean => /^GET .*\/\.well-known\//.test(key);

/**
 * A surface for each address that the router has: a new one cannot be forgotten, since one that nobody has described
 * fails here.
 */
export async function surfacesOf(rig: Rig): Promise<readonly Surface[]> {
  const from = await material(rig);
  const keys = new Set(
    rig.oauth.routes.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`),
  );
  const described = (key: string): readonly Sound[] =>
    sounds[key]?.map((sound) => sound(from)) ??
    (isDocument(key) ? [document] : assert.fail(`${key} is new: describe a sound request to it, to make mutants of`));
  return [...keys].flatMap((key) => {
    const [method = "", route = ""] = key.split(" ");
    if (method !== "GET" && method !== "POST") return assert.fail(`${key}: this method is not sent yet`);
    const once = described(key).map((sound): Surface => ({ method, route, ...sound }));
    // Documents are many and do little: the others come more often.
    return isDocument(key) ? once : Array.from({ length: 6 }, () => once).flat();
  });
}
