/** As much of oidc-provider as the oracle uses; the package brings no types. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  type Members = Record<string, unknown>;

  interface OracleClient {
    redirectUriAllowed(uri: string): boolean;
  }

  interface Interaction {
    readonly uid: string;
    readonly params: Readonly<Record<string, string | undefined>>;
    readonly session?: { readonly accountId: string };
  }

  interface OracleGrant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  class Provider {
    constructor(issuer: string, configuration: Members);
    readonly Client: {
      new (metadata: Members): OracleClient;
      find(id: string): Promise<OracleClient | undefined>;
    };
    readonly AuthorizationCode: new (of: Members) => { save(): Promise<string> };
    readonly Grant: new (of: { accountId: string; clientId: string }) => OracleGrant;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionResult(request: IncomingMessage, response: ServerResponse, result: Members): Promise<string>;
  }

  const errors: {
    readonly InvalidGrant: new (detail: string) => Error;
    readonly InvalidTarget: new () => Error;
  };
  export { Provider, errors };
}
