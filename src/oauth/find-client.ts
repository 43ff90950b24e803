import type { Database } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import { type ClientDocuments, isDocumentId } from "./client-documents.ts";
import { type Client, findStoredClient } from "./records/clients.ts";

/** Where clients are found. */
export interface ClientParts {
  readonly database: Database;
  readonly documents: ClientDocuments;
  /** The ids of the clients that the settings name now; one that they named before is unknown. */
  readonly presetIds: ReadonlySet<string>;
}

const unknownClient = (): AppError =>
  new AppError("invalid_client", "No client with this client_id is registered here.");

/** What any id is made of (RFC 6749 Appendix A.1), so that nothing else reaches the database. */
const CLIENT_ID = /^[\x21-\x7e]{1,512}$/;

const isKnown = (client: Client | null, presetIds: ReadonlySet<string>): client is Client =>
  client !== null && (client.kind !== "preset" || presetIds.has(client.id));

/**
 * The client of an id that anyone may have sent: from the table, or, for an https address, from its document.
 * @param asker whom limits count it for, where a stranger names it; null for a client that was proven before.
 * @throws AppError `invalid_client` for one that is unknown, switched off, or whose document cannot be used; `rate_limited`.
 */
export async function findClient(parts: ClientParts, id: string, asker: string | null): Promise<Client> {
  if (!CLIENT_ID.test(id)) throw unknownClient();
  const client = isDocumentId(id)
    ? await parts.documents.find(id, asker)
    : await findStoredClient(parts.database.handle, id);
  if (!isKnown(client, parts.presetIds)) throw unknownClient();
  if (client.disabledAt === null) return client;
  throw new AppError("invalid_client", "This client was switched off by the operator.", {
    next: "Ask the operator of this server.",
  });
}
