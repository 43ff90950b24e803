import { timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { RequestContext } from "../http/router.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Limit, LimitsPort } from "../kernel/ports/limits.ts";
import { sha256 } from "../kernel/seal.ts";
import { ASSERTION_TYPE, claimedClientId, proveByAssertion } from "./client-assertion.ts";
import type { ClientKeys } from "./client-keys.ts";
import { type ClientParts, findClient } from "./find-client.ts";
import { parameter } from "./parameters.ts";
import { type Client, type ClientAuthMethod, secretMethods } from "./records/clients.ts";
import { liveSecretHashes } from "./records/client-secrets.ts";

export interface ClientAuthenticationParts extends ClientParts {
  readonly clock: Clock;
  readonly clientKeys: ClientKeys;
  readonly limits: LimitsPort;
  readonly clientAddress: (c: RequestContext) => string;
  /** What an assertion of a client may be addressed to. */
  readonly audiences: readonly string[];
}

/** The form fields by which a client names and proves itself (RFC 6749 §2.3.1, RFC 7521 §4.2). */
export const clientFields = {
  client_id: parameter(512),
  client_secret: parameter(512),
  client_assertion: parameter(8192),
  client_assertion_type: parameter(200),
};

export const clientForm = z.object(clientFields);

/** What a direct request carries of its client. */
export type ClientForm = z.output<typeof clientForm>;

/** One way in which a request proves its client. */
type Proof =
  | { readonly by: "nothing" }
  | { readonly by: "secret"; readonly secret: string }
  | { readonly by: "assertion"; readonly assertion: string };

interface Claim {
  readonly clientId: string;
  readonly proof: Proof;
}

const failed = (sentence: string): AppError => new AppError("invalid_client", sentence);

/** One half of a Basic credential is form-encoded (RFC 6749 §2.3.1). */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // Clients that skip the encoding are common; such a secret cannot hold a per cent sign of ours.
    return text;
  }
}

/** The credential of `Authorization: Basic` (RFC 7617 §2), or null where there is no such header. */
function basicClaim(header: string | undefined): Claim | null {
  if (header === undefined || !/^basic /i.test(header)) return null;
  const encoded = /^basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(header)?.[1];
  const text = Buffer.from(encoded ?? "", "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) throw failed("The Authorization header holds no client id and secret.");
  const [clientId, secret] = [formDecoded(text.slice(0, colon)), formDecoded(text.slice(colon + 1))];
  // Some public clients send their id with an empty secret.
  return { clientId, proof: secret === "" ? { by: "nothing" } : { by: "secret", secret } };
}

function assertionClaim(form: ClientForm): Claim | null {
  const { client_assertion: assertion, client_assertion_type: type } = form;
  if (assertion === undefined && type === undefined) return null;
  if (assertion === undefined || type !== ASSERTION_TYPE)
    throw failed(`client_assertion and client_assertion_type (${ASSERTION_TYPE}) belong together.`);
  return { clientId: claimedClientId(assertion), proof: { by: "assertion", assertion } };
}

function secretClaim(form: ClientForm): Claim | null {
  if (form.client_secret === undefined) return null;
  if (form.client_id === undefined) throw failed("client_id is missing.");
  return { clientId: form.client_id, proof: { by: "secret", secret: form.client_secret } };
}

/**
 * Who the request says it is from, and by what it means to prove that.
 * @throws AppError `invalid_request` for more than one method (RFC 6749 §2.3) or two ids.
 */
function readClaim(c: RequestContext, form: ClientForm): Claim {
  const claims = [basicClaim(c.req.header("authorization")), assertionClaim(form), secretClaim(form)];
  const [claim, second] = claims.filter((one) => one !== null);
  if (second !== undefined)
    throw new AppError("invalid_request", "The client must prove itself by one method, not by several.");
  if (claim === undefined && form.client_id === undefined) throw failed("client_id is missing.");
  if (claim !== undefined && (form.client_id ?? claim.clientId) !== claim.clientId)
    throw new AppError("invalid_request", "client_id names another client than its proof.");
  return claim ?? { clientId: form.client_id ?? "", proof: { by: "nothing" } };
}

const methodsBy: Readonly<Record<Proof["by"], readonly ClientAuthMethod[]>> = {
  nothing: ["none"],
  // Whoever holds the secret has proven itself: where in the request it lies is the client library's habit.
  secret: secretMethods,
  assertion: ["private_key_jwt"],
};

const wrongSecret = (): AppError =>
  new AppError("invalid_client", "The client secret is wrong, or its time is over.", {
    next: "Use the newest secret; the operator makes another by `npm start -- client rotate-secret`.",
  });

async function requireSecret(client: Client, secret: string, parts: ClientAuthenticationParts): Promise<void> {
  const given = sha256(secret);
  const stored = await liveSecretHashes(parts.database.handle, client.id, parts.clock());
  // Each is compared, in constant time, so that the answer's time says nothing of any.
  const matches = stored.map((hash) => hash.length === given.length && timingSafeEqual(hash, given));
  if (!matches.includes(true)) throw wrongSecret();
}

/**
 * Wrong proofs of one client from one network. Only they are refused: a secret has 256 random bits and an assertion a
 * signature, so nobody finds one by trying, and whoever holds the right one is let in however often others were wrong
 * in its name, from its own network too (all GPTs reach us from the same few addresses).
 */
const wrongProofs: Limit = { name: "oauth-wrong-proof", points: 20, seconds: 600 };

/** @throws AppError `invalid_client`; `rate_limited` in its place once there were too many. */
async function prove(c: RequestContext, client: Client, proof: Proof, parts: ClientAuthenticationParts): Promise<void> {
  if (proof.by === "nothing") return;
  const proven =
    proof.by === "secret"
      ? requireSecret(client, proof.secret, parts)
      : proveByAssertion(client, proof.assertion, parts);
  await proven.catch(async (error: unknown) => {
    if (error instanceof AppError && error.code === "invalid_client") {
      await parts.limits.take(wrongProofs, JSON.stringify([client.id, parts.clientAddress(c)]));
    }
    throw error;
  });
}

/**
 * The client of a direct request, proven by a method that it may use (RFC 6749 §2.3, §3.2.1). A public client proves
 * itself by what it holds, a verifier or a token; so this comes before anything that a code or token could set off.
 * @throws AppError `invalid_client`, which makes a client register again (RFC 6749 §5.2); `invalid_request`;
 * `rate_limited` after many wrong proofs.
 */
export async function authenticateClient(
  c: RequestContext,
  form: ClientForm,
  parts: ClientAuthenticationParts,
): Promise<Client> {
  const { clientId, proof } = readClaim(c, form);
  const client = await findClient(parts, clientId, parts.clientAddress(c));
  if (!client.authMethods.some((method) => methodsBy[proof.by].includes(method)))
    throw failed(`This client proves itself by ${client.authMethods.join(" or ")}.`);
  await prove(c, client, proof, parts);
  return client;
}
