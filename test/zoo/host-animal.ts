import assert from "node:assert/strict";
import * as z from "zod";
import { pkce } from "../clients/raw-link.ts";
import type { Animal } from "./life.ts";
import { rawEcho } from "./library-animals.ts";

type Form = Readonly<Record<string, string>>;

/** What a host reads of the authorization server before it begins. */
const metadata = z.looseObject({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  registration_endpoint: z.url(),
  scopes_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  client_id_metadata_document_supported: z.boolean().optional(),
});

export type Metadata = z.output<typeof metadata>;

/** How a request to the token endpoint shows which client it is from. */
export type Proof = (clientId: string, server: Metadata) => Promise<{ readonly form: Form; readonly headers: Form }>;

/** A host's habits, as they are documented or were observed. */
export interface Habits {
  readonly redirectUri: string;
  /** Its id at this server: the address of its document, or what registering gave it. */
  identify(server: Metadata): Promise<string>;
  readonly prove: Proof;
  /** What it puts into `scope`; undefined leaves the parameter out. */
  scope(server: Metadata): string | undefined;
  /** Absent means that it uses PKCE. */
  readonly withoutPkce?: boolean;
  /** Absent means that it names the resource at both endpoints. */
  readonly withoutResource?: boolean;
  /** Addresses that a person typed into the host, instead of discovered ones. */
  readonly typed?: { readonly authorize: string; readonly token: string };
  /** Refreshes one token from two places at once. */
  readonly refreshesTwice?: boolean;
}

/** A public client names itself and no more. */
export const byName: Proof = async (clientId) => ({ form: { client_id: clientId }, headers: {} });

const tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  scope: z.string(),
  expires_in: z.number(),
});

const json = async (url: string): Promise<unknown> => {
  const response = await fetch(url, { redirect: "error" });
  assert.equal(response.status, 200, url);
  return response.json();
};

/** From the address that a person typed to the authorization server (RFC 9728, RFC 8414), as hosts do it. */
async function discover(mcpUrl: string): Promise<Metadata> {
  const challenged = await fetch(mcpUrl, {
    method: "POST",
    body: "{}",
    headers: { "content-type": "application/json" },
  });
  assert.equal(challenged.status, 401);
  const [, where = ""] = /resource_metadata="([^"]+)"/.exec(challenged.headers.get("www-authenticate") ?? "") ?? [];
  const resource = z.object({ resource: z.url(), authorization_servers: z.array(z.url()) }).parse(await json(where));
  assert.equal(resource.resource, mcpUrl, "a host compares it with what was typed");
  const [issuer = ""] = resource.authorization_servers;
  const server = metadata.parse(await json(`${issuer}/.well-known/oauth-authorization-server`));
  assert.equal(server.issuer, issuer);
  return server;
}

/** A host that lives by its habits. */
export async function animalOf(mcpUrl: string, habits: Habits): Promise<Animal & { readonly clientId: string }> {
  const server = await discover(mcpUrl);
  const clientId = await habits.identify(server);
  const tokenUrl = habits.typed?.token ?? server.token_endpoint;
  const resource: Form = habits.withoutResource ? {} : { resource: mcpUrl };
  let held: z.output<typeof tokens> | undefined;

  async function token(asked: Form) {
    const proof = await habits.prove(clientId, server);
    const body = new URLSearchParams({ ...asked, ...resource, ...proof.form });
    const answer = await fetch(tokenUrl, { method: "POST", headers: proof.headers, body });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return tokens.parse(JSON.parse(text));
  }

  return {
    clientId,
    async link(person) {
      const { verifier, challenge } = pkce();
      const address = new URL(habits.typed?.authorize ?? server.authorization_endpoint);
      const scope = habits.scope(server);
      address.search = new URLSearchParams({
        response_type: "code",
        client_id: clientId,
        redirect_uri: habits.redirectUri,
        state: "a-state-of-the-host",
        ...(scope === undefined ? {} : { scope }),
        ...(habits.withoutPkce ? {} : { code_challenge: challenge, code_challenge_method: "S256" }),
        ...resource,
      }).toString();
      const callback = await person.allow(address);
      assert.equal(callback.origin + callback.pathname, habits.redirectUri);
      assert.equal(callback.searchParams.get("state"), "a-state-of-the-host");
      assert.equal(callback.searchParams.get("iss"), server.issuer);
      held = await token({
        grant_type: "authorization_code",
        code: callback.searchParams.get("code") ?? "",
        redirect_uri: habits.redirectUri,
        ...(habits.withoutPkce ? {} : { code_verifier: verifier }),
      });
    },
    echo: (text) => rawEcho(mcpUrl, held?.access_token ?? "", text),
    async refresh() {
      const asked = { grant_type: "refresh_token", refresh_token: held?.refresh_token ?? "" };
      const answers = await Promise.all(Array.from({ length: habits.refreshesTwice ? 2 : 1 }, () => token(asked)));
      const nexts = new Set(answers.map((answer) => answer.refresh_token));
      assert.equal(nexts.size, 1, "two places that refresh at once go on with the same token");
      [held] = answers;
      return held?.refresh_token ?? assert.fail("no refresh token came");
    },
  };
}
