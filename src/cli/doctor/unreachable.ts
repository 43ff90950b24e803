import { Fault } from "./fault.ts";

/** Codes of Node's network errors: what each means, and what to do. */
const known: Readonly<Record<string, readonly [cause: string, fix: string]>> = {
  ECONNREFUSED: [
    "Nothing listens there.",
    "Start the server, and let the proxy or tunnel in front of it listen on this address.",
  ],
  ECONNRESET: [
    "The connection was cut.",
    "Look at the log of the proxy in front: it may expect TLS, or refuse this machine.",
  ],
  EHOSTUNREACH: ["There is no way to that machine.", "Check the address, and the firewall in front."],
  ENETUNREACH: [
    "There is no way to that network.",
    "Check this machine's connection, and whether the address is IPv6 alone.",
  ],
  EPROTO: [
    "It does not speak TLS there.",
    "Let the proxy end TLS on this port, or use the http address on this machine.",
  ],
  CERT_HAS_EXPIRED: ["The certificate has expired.", "Renew it, and have the proxy load the new one."],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    "The certificate is signed by itself, so no assistant trusts it.",
    "Get one from a public authority, such as Let's Encrypt.",
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    "The certificate comes from an authority that no assistant knows.",
    "Get one from a public authority, such as Let's Encrypt.",
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "The server sends its certificate without the intermediate ones.",
    "Serve the full chain (for Let's Encrypt: fullchain.pem). Browsers often repair this by themselves; assistants do not.",
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "The certificate is for another name.",
    "Get one for this name, or have the proxy pick the right one.",
  ],
};

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";

/** A request may fail on several addresses at once. */
const first = (error: unknown): unknown => (error instanceof AggregateError ? (error.errors[0] ?? error) : error);

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");

/** What it means for a client that no answer came. */
export function unreachable(url: URL, thrown: unknown, timeoutMs: number): Fault {
  if (thrown instanceof Fault) return thrown;
  const error = first(thrown);
  const where = `${url.origin}${url.pathname}`;
  if (isTimeout(error)) {
    return new Fault(
      `${where}: no answer within ${timeoutMs / 1000} s.`,
      "Clients wait 10 s. Look at what is slow: the proxy in front, a cold start, the database.",
      error,
    );
  }
  const code = codeOf(error);
  const [cause, fix] = known[code] ?? ["It could not be reached.", "Check the address, the proxy and the firewall."];
  return new Fault(`${where}: ${cause}${code ? ` (${code})` : ""}`, fix, error);
}
