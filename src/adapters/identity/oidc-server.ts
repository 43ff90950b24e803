import * as oauth from "oauth4webapi";
import { isLoopbackHost } from "../../kernel/loopback.ts";
import type { ProviderFetch } from "./provider-fetch.ts";
import { providerUnavailable } from "./refusals.ts";

/** Where an OpenID provider is found: by its metadata, or, without that, by the three addresses themselves. */
export type OidcPlace =
  | { readonly kind: "discovery"; readonly issuer: string }
  | {
      readonly kind: "endpoints";
      readonly authorization: string;
      readonly token: string;
      readonly userinfo: string;
    };

/** A provider, as it describes itself. */
export interface OidcServer {
  /** Metadata as it stands, fetched when it is missing or old. @throws AppError `unavailable`. */
  metadata(): Promise<oauth.AuthorizationServer>;
  /** True where ID tokens can be verified; false where only the userinfo endpoint says who someone is. */
  readonly signsIdTokens: boolean;
}

/** Metadata is asked for again after this long. */
const FRESH_MS = 60 * 60 * 1000;

/** Plain http is for this machine alone. */
export const allowsInsecure = (address: string): boolean => {
  const url = new URL(address);
  return url.protocol === "http:" && isLoopbackHost(url.hostname);
};

/** Where a provider may send our page, or have us ask: the web, or, where nobody is in between, this machine. */
const isWebAddress = (address: string): boolean => new URL(address).protocol === "https:" || allowsInsecure(address);

/**
 * A provider that sends people to us would have us ask ourselves; one that names a script would have it run in our page.
 */
function refuseUnfit(server: oauth.AuthorizationServer, ownOrigin: string): oauth.AuthorizationServer {
  const { authorization_endpoint: authorization, token_endpoint: token, userinfo_endpoint: userinfo } = server;
  if (authorization === undefined || token === undefined) throw new Error("An endpoint is missing.");
  for (const address of [authorization, token, userinfo]) {
    if (address === undefined) continue;
    if (!isWebAddress(address)) throw new Error("An endpoint is no web address that is safe from listeners.");
    if (new URL(address).origin === ownOrigin) throw new Error("An endpoint is our own.");
  }
  return server;
}

async function discover(issuer: string, ownOrigin: string, send: ProviderFetch): Promise<oauth.AuthorizationServer> {
  const expected = new URL(issuer);
  const response = await oauth.discoveryRequest(expected, {
    algorithm: "oidc",
    [oauth.customFetch]: send,
    [oauth.allowInsecureRequests]: allowsInsecure(issuer),
  });
  return refuseUnfit(await oauth.processDiscoveryResponse(expected, response), ownOrigin);
}

/** By discovery (OpenID Connect Discovery §4): fetched at first need, kept for an hour; what failed is not kept. */
function byDiscovery(
  title: string,
  issuer: string,
  ownOrigin: string,
  send: ProviderFetch,
): Pick<OidcServer, "metadata"> {
  let known: { readonly server: Promise<oauth.AuthorizationServer>; readonly until: number } | undefined;
  return {
    async metadata() {
      if (known === undefined || known.until <= performance.now()) {
        known = { server: discover(issuer, ownOrigin, send), until: performance.now() + FRESH_MS };
      }
      const asked = known;
      return asked.server.catch((error: unknown) => {
        if (known === asked) known = undefined;
        throw providerUnavailable(title, error);
      });
    },
  };
}

/** @param ownOrigin no endpoint may lie there. */
export function createOidcServer(title: string, place: OidcPlace, ownOrigin: string, send: ProviderFetch): OidcServer {
  if (place.kind === "discovery") {
    return { signsIdTokens: true, ...byDiscovery(title, place.issuer, ownOrigin, send) };
  }
  // What names this provider's people, since nothing else does.
  const issuer = new URL(place.authorization).origin;
  const server = refuseUnfit(
    {
      issuer,
      authorization_endpoint: place.authorization,
      token_endpoint: place.token,
      userinfo_endpoint: place.userinfo,
    },
    ownOrigin,
  );
  return { signsIdTokens: false, metadata: async () => server };
}
