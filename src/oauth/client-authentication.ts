import type { Handle } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import { type Client, findClient } from "./records/clients.ts";

/**
 * The client of a direct request. All clients are public (RFC 6749 §2.1): each names itself and proves itself by what it
 * holds, a verifier or a token; so this comes before anything that a code or token could set off.
 * @throws AppError `invalid_client`, which makes a client register again (RFC 6749 §5.2).
 */
export async function authenticateClient(handle: Handle, clientId: string | undefined): Promise<Client> {
  if (clientId === undefined) throw new AppError("invalid_client", "client_id is missing.");
  const client = await findClient(handle, clientId);
  if (client === null) throw new AppError("invalid_client", "No client with this client_id is registered here.");
  return client;
}
