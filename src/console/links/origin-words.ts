import type { Grant } from "../contract.ts";

const hostOf = (id: string): string | null => (URL.canParse(id) ? new URL(id).host : null);

/** Where a client's name comes from, and so what it is worth. */
export function originWords({
  clientKind,
  clientVerified,
  clientId,
}: Pick<Grant, "clientKind" | "clientVerified" | "clientId">): string {
  if (clientKind === "operator") return "Set up by this server’s operator";
  if (clientKind === "preset") return "Part of this server’s settings";
  const host = clientKind === "document" ? hostOf(clientId) : null;
  if (host !== null)
    return clientVerified ? `Described by ${host} itself` : `Known as ${host}; not read from there yet`;
  return "Registered itself; its name is not verified";
}
