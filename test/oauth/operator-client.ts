import { randomUUID } from "node:crypto";
import { issueSecret } from "../../src/oauth/client-secret.ts";
import { type Client, insertClient } from "../../src/oauth/records/clients.ts";
import { CALLBACK, type Rig } from "./rig.ts";

/** A client with a secret, as an operator's command makes it. */
export interface OperatorClient {
  readonly id: string;
  readonly secret: string;
  /** Its proof in the `Authorization` header. */
  readonly basic: { readonly authorization: string };
  /** Its proof in the form. */
  readonly post: { readonly client_id: string; readonly client_secret: string };
}

/** Makes one directly in the database; the command that does it has a suite of its own. */
export async function operatorClient(rig: Rig, more: Partial<Client> = {}): Promise<OperatorClient> {
  const now = rig.clock.now();
  const id = `cid_${randomUUID().replaceAll("-", "")}`;
  const secret = `secret-${randomUUID()}`;
  await insertClient(rig.database.handle, {
    id,
    kind: "operator",
    name: "Operator's client",
    uri: null,
    redirectUris: [CALLBACK],
    scopes: null,
    authMethod: "client_secret_basic",
    authMethods: ["client_secret_basic", "client_secret_post"],
    jwks: null,
    jwksUri: null,
    pkceOptional: false,
    channel: null,
    internal: false,
    disabledAt: null,
    createdAt: now,
    ...more,
  });
  await issueSecret(rig.database.handle, id, secret, now);
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
  return { id, secret, basic: { authorization }, post: { client_id: id, client_secret: secret } };
}
