import { by, type Claim } from "./claim.ts";

const ACCESS = "test/oauth/access.test.ts";
const CONSENT = "test/oauth/consent.test.ts";
const DOCUMENTS = "test/oauth/client-documents.test.ts";
const INCIDENTS = "test/oauth/incidents.test.ts";
const EXCHANGE = "test/oauth/token-exchange.test.ts";
const METADATA = "test/oauth/metadata.test.ts";
const BEHAVIOUR = "test/oracle/behaviour.test.ts";
const HOSTS = "test/zoo/hosts.test.ts";

/** What has bitten somebody. */
export const pitfalls: readonly Claim[] = [
  {
    claim: "offline_access stands in the server's metadata, never in the resource's",
    proofs: [
      by(METADATA, "the resource's metadata names the address that was asked for, and no offline_access"),
      by(INCIDENTS, "anthropics/claude-ai-mcp#228: a host that asks for all that is advertised gets all of it"),
    ],
  },
  {
    claim: "Claude refreshes from two addresses",
    proofs: [by(HOSTS, "Claude, by document, refreshing from two places")],
  },
  {
    claim: "Claude Code comes on a port that its document does not name",
    proofs: [by(HOSTS, "Claude Code, on a port that its document does not name")],
  },
  {
    claim: "a dead refresh token is invalid_grant, an unknown client 401 invalid_client",
    proofs: [
      by(BEHAVIOUR, "another client's, a made-up and an unknown client's token are refused with the right error"),
    ],
  },
  {
    claim: "`none` is named, or documents are skipped",
    proofs: [by(INCIDENTS, "sst/opencode#47743: none is named among the methods, or documents are skipped")],
  },
  {
    claim: "ChatGPT may send an empty scope",
    proofs: [by(HOSTS, "ChatGPT, one document for each connection, empty scope")],
  },
  {
    claim: "GPT Actions cannot do PKCE, and send the secret either way",
    proofs: [
      by(HOSTS, "GPT Actions, with a secret and without PKCE"),
      by(INCIDENTS, "GPT Actions send the secret as they like, and may name themselves twice alike"),
    ],
  },
  {
    claim: "each connection of ChatGPT has an id of its own",
    proofs: [by(DOCUMENTS, "static allow-lists cannot cover it: each connection has an id and an address of its own")],
  },
  {
    claim: "clients in a browser need CORS",
    proofs: [by(METADATA, "pages of any origin may read it and use the direct endpoints, without cookies")],
  },
  {
    claim: "two processes start together on an empty database",
    proofs: [by("test/e2e/two-processes.test.ts", "two processes on one PostgreSQL are one server")],
  },
  {
    claim: "NUL and lone surrogates",
    proofs: [by("test/e2e/bad-input.test.ts", "NUL and lone surrogates are refused by name and store nothing")],
  },
];

/** What happened to others. */
export const incidents: readonly Claim[] = [
  {
    claim: "CVE-2025-6514: an address from a peer is hostile",
    proofs: [
      by(
        "src/oauth/redirect-uri.test.ts",
        "redirect-injection: an address that could run script, leave the web or hide its host cannot be registered",
      ),
      by(
        "test/web/consent.test.ts",
        "error-page-javascript-url: an address that would run in the page is never followed",
      ),
    ],
  },
  {
    claim: "CVE-2025-49596, CVE-2025-66414: DNS rebinding, a foreign Host or Origin",
    proofs: [
      by("test/e2e/bad-input.test.ts", "a foreign Host and a foreign Origin are refused; loopback pages get CORS"),
      by(
        "test/e2e/behind-a-proxy.test.ts",
        "a foreign Host is refused before anything is said in its name (DNS rebinding)",
      ),
    ],
  },
  {
    claim: "CVE-2025-6515, CVE-2026-33946: a session id is nobody's identity",
    proofs: [
      by(INCIDENTS, "CVE-2026-33946: the id of another's session is nobody's identity"),
      by(
        "test/e2e/privy.test.ts",
        "expired-bearer-on-live-session: a known session id opens nothing without a live bearer",
      ),
    ],
  },
  {
    claim: "metamcp#345: whose row it is is asked at every row",
    proofs: [
      by("test/e2e/administration.test.ts", "a person's own routes never reach what is another's"),
      by(ACCESS, "a person sees their links and ends them"),
    ],
  },
  {
    claim: "GHSA-rww4-4w9c-7733: consent is of the browser that gave it",
    proofs: [
      by("test/oauth/connector.test.ts", "the pending request is told to the browser that began it alone"),
      by(CONSENT, "consent is never implied, and only the signed-in person of this browser can give it"),
    ],
  },
  {
    claim: "GHSA-pw9m-5jxm-xr6h: codes are redeemed atomically",
    proofs: [by(INCIDENTS, "GHSA-pw9m-5jxm-xr6h, supabase/auth#2612: of 50 parallel redemptions one succeeds")],
  },
  {
    claim: "workers-oauth-provider#92, #188: a client revokes its own tokens alone",
    proofs: [
      by(INCIDENTS, "cloudflare/workers-oauth-provider#92 and #188: a client revokes its own tokens alone"),
      by(BEHAVIOUR, "revocation ends the family, is silent about garbage, and minds whose token it is"),
    ],
  },
  {
    claim: "GHSA-vgf8-3685-66j9: a token is of one environment and one surface",
    proofs: [by(INCIDENTS, "GHSA-vgf8-3685-66j9: a token of another environment or surface opens nothing here")],
  },
  {
    claim: "Drift, Vercel: a hoard of tokens is worth nothing, and none of it is handed out",
    proofs: [
      by(
        "test/e2e/at-rest.test.ts",
        "a dump of the database holds no usable secret, code or token, and no file of a job (${engine})",
      ),
      by(EXCHANGE, "no endpoint gives it to a public client"),
    ],
  },
  {
    claim: "CVE-2026-54290: no wildcard with credentials",
    proofs: [
      by(
        INCIDENTS,
        "CVE-2026-54290: any origin may read, but never with credentials; what consents may not be read at all",
      ),
    ],
  },
  {
    claim: "CVE-2026-47674: spellings of IPv6",
    proofs: [
      by(
        "src/adapters/web/public-address.test.ts",
        "ssrf: no spelling of an inner, reserved or translated address is public",
      ),
    ],
  },
  {
    claim: "lion-reader#1520: a redirect that changes under a standing consent",
    proofs: [by(DOCUMENTS, "lion-reader#1520: a link whose address was given up is not refreshed; it is linked again")],
  },
  {
    claim: "claude-ai-mcp#650: a document that cannot be read behind its host's guard",
    proofs: [by(DOCUMENTS, "claude-ai-mcp#650: each with the addresses that its host published")],
  },
  { claim: "claude-ai-mcp#966: two registrations for one connection", proofs: [by(HOSTS, "Claude, registered twice")] },
  {
    claim: "SkappHQ/skapp#1960, spring-ai#2785: every login fails with two instances, or after a restart",
    proofs: [by("test/e2e/round-robin.test.ts", "two processes behind round robin, no affinity")],
  },
  {
    claim: "fastmcp#4901, opencode#34074: two refreshes at once sign a person out",
    proofs: [
      by(
        INCIDENTS,
        "PrefectHQ/fastmcp#4264 and #4901, anomalyco/opencode#34074: two machines refresh one token at once",
      ),
    ],
  },
  {
    claim: "a role that a token of the provider claims",
    proofs: [
      by(
        "test/accounts/supabase.test.ts",
        "metadata-role-escalation: no claim of a token makes anybody more than a person",
      ),
    ],
  },
  {
    claim: "an identity that a caller supplies",
    proofs: [
      by(CONSENT, "exchange-identity-spoof: an id that is not the token's own subject is refused"),
      by(
        "test/oauth/connector.test.ts",
        "exchange-identity-spoof: a supabase_user_id is compared with the token, never believed",
      ),
    ],
  },
];

/** Incidents of the field that have nothing to stand on here yet, with the reason. */
export const later: Readonly<Record<string, string>> = {
  "Bankr and Grok, May 2026: a public mention that moved money": "there is no X channel, and no tool moves money",
  "xmcp's batches: items that passed the gate together": "batches are refused: every message stands alone",
  "key-export-by-connector: a linked assistant that exports the wallet's key": "there is no wallet, and no key of one",
  "no-shared-wallet-fallback: a failed mint that trades with everybody's wallet": "there is no wallet",
  "CVE-2026-0621: patterns in resource addresses": "no resource templates are offered",
};
