import { by, type Claim } from "./claim.ts";

const AUTHORIZE = "test/oauth/authorize.test.ts";
const TOKEN = "test/oauth/token.test.ts";
const ACCESS = "test/oauth/access.test.ts";
const CONSENT = "test/oauth/consent.test.ts";
const DOCUMENTS = "test/oauth/client-documents.test.ts";
const ASSERTION = "test/oauth/client-assertion.test.ts";
const AUTHENTICATION = "test/oauth/client-authentication.test.ts";
const INCIDENTS = "test/oauth/incidents.test.ts";
const EXCHANGE = "test/oauth/token-exchange.test.ts";
const METADATA = "test/oauth/metadata.test.ts";
const BEHAVIOUR = "test/oracle/behaviour.test.ts";
const CLIENTS = "test/oracle/client-behaviours.ts";
const RACES = "test/e2e/races.test.ts";

/** What an authorization server must do (RFC 9700, and the papers that it names). */
export const duties: readonly Claim[] = [
  {
    claim: "PKCE: S256 alone, and a downgrade is noticed (RFC 9700 §2.1.1)",
    proofs: [
      by(BEHAVIOUR, "code-downgrade: without S256 nothing is granted"),
      by(TOKEN, "missing-PKCE-verifier: without the verifier, or with another, the code stays unspent"),
      by(
        INCIDENTS,
        "RFC 9700 §4.8.2: a challenge that somebody took out of the request is missed at the token endpoint",
      ),
      by(
        "test/oauth/channels.test.ts",
        "a verifier for a code without a challenge shows that somebody took it away (RFC 9700)",
        "no other client can do without it: a public one never, whatever its row says",
      ),
    ],
  },
  {
    claim: "redirect addresses match letter by letter, but for a loopback port; nobody is sent anywhere before",
    proofs: [
      by("test/oracle/redirects.test.ts", "the redirect matcher agrees with oidc-provider on every hostile address"),
      by(AUTHORIZE, "redirect-injection: before the address is proven nobody is sent anywhere"),
      by(BEHAVIOUR, "nobody is sent to an address that was not proven"),
    ],
  },
  {
    claim: "a code is used once, within a minute; a replay ends what it made",
    proofs: [
      by(BEHAVIOUR, "50 parallel exchanges of one code: exactly one succeeds"),
      by(RACES, "50 parallel redemptions of one code, at both: exactly one succeeds"),
      by(
        TOKEN,
        "code-replay: a second exchange ends the grant that the first one made",
        "code-replay: a stranger without the verifier cannot end anybody's grant",
        "a code is for one client, one address and one minute",
      ),
    ],
  },
  {
    claim: "refresh tokens rotate; a short overlap; reuse ends the family; disuse ends it too",
    proofs: [
      by(RACES, "refresh-reuse: 10 at once share the next token; a replay after the overlap kills the family at both"),
      by(
        TOKEN,
        "within the overlap the same next token comes again",
        "refresh-reuse: after the overlap the whole family ends",
      ),
      by(ACCESS, "a link ends after 30 unused days, and any use keeps it"),
    ],
  },
  {
    claim: "mix-up: answers and errors name their issuer (RFC 9207)",
    proofs: [
      by(
        BEHAVIOUR,
        "a person who allows sends a code with state and iss",
        "a person who declines sends access_denied with state and iss",
      ),
    ],
  },
  {
    claim: "a token is for one audience (RFC 8707), and foreign ones are refused",
    proofs: [
      by(
        ACCESS,
        "audience-with-/mcp: a token is for this server, by either of its addresses",
        "a forged, foreign, altered or other token is refused",
      ),
      by(
        INCIDENTS,
        "supabase/auth#2610 and #2820, microsoft/vscode#259251: the resource is honoured, with a slash or without",
      ),
    ],
  },
  {
    claim: "revocation takes effect at the next call, in another process within a second, also without LISTEN",
    proofs: [
      by(
        RACES,
        "revoked, the very next call is refused",
        "revoked at one, refused at the other from its first call on",
        "with LISTEN cut off it still does",
      ),
    ],
  },
  {
    claim: "nothing in the database opens anything",
    proofs: [
      by(
        "test/e2e/at-rest.test.ts",
        "a dump of the database holds no usable secret, code or token, and no file of a job (${engine})",
      ),
      by("test/accounts/vault.test.ts", "do not open with another secret, nor in another row"),
    ],
  },
  {
    claim: "documents of clients: no request reaches inside, hosts are asked so often and no more",
    proofs: [
      by(
        "src/adapters/web/guarded-fetch.test.ts",
        "ssrf: an address that is not https at a public name is refused before any name is looked up",
        "ssrf: a name with even one inner address is refused before anything is sent",
        "dns-rebinding: the name is looked up once, and the connection goes to that very address",
        "a redirect is an answer, and nobody follows it",
        "a document that is too large, compressed or no text is refused",
        "time is bounded: a name, a connection or an answer that never comes ends the fetch",
      ),
      by(
        "src/adapters/web/public-address.test.ts",
        "ssrf: no spelling of an inner, reserved or translated address is public",
      ),
      by(
        DOCUMENTS,
        "ssrf: an id that is no plain https address is never fetched",
        "negative-cache: an unknown document that fails is not asked for again within a minute",
        "a host is asked so often and no more, whatever ids are made up on it",
      ),
    ],
  },
  {
    claim: "private_key_jwt: keys are fetched through the same guard and cached; an assertion counts once",
    proofs: [
      by(
        ASSERTION,
        "are read once and kept",
        "a replayed jti is refused, by every process, and another jti is not",
        "alg-confusion: no algorithm but an asymmetric one that we list, and no key but the client's",
        "what is not from the client, for us, short-lived and now is refused, and spends no code",
      ),
      by(CLIENTS, "an assertion proves a client once, here, and for a while"),
    ],
  },
  {
    claim: "confused deputy: the person sees who asks, where answers go and what for, and decides each time",
    proofs: [
      by(
        "test/web/consent.test.ts",
        "the page names the client, where the answer goes, what it may do, and who decides",
      ),
      by(AUTHORIZE, "it grants nothing by itself, whoever is signed in"),
      by(CONSENT, "consent is never implied, and only the signed-in person of this browser can give it"),
    ],
  },
  {
    claim: "consent CSRF and stolen sessions: a handle of one browser, used once; JSON from our own page alone",
    proofs: [
      by(
        CONSENT,
        "the person who decides is the one whom the page showed",
        "8 approvals of one request at once make one code",
      ),
      by("test/accounts/bad-requests.test.ts", "a page of another origin can write nothing with the person's cookie"),
      by(
        "test/accounts/sessions.test.ts",
        "over https the session's cookie is __Host- and Secure",
        "is never taken over from the request (no fixation)",
      ),
    ],
  },
  {
    claim: "clickjacking and markup in a client's name: strict policy, no framing, text alone",
    proofs: [
      by(
        "test/web/pages.test.ts",
        "every deep link is the page, under one strict policy",
        "what the server writes into the page is text",
      ),
      by("test/web/consent.test.ts", "a client's name is text, however it is written"),
      by(
        "test/web/oauth-pages.test.ts",
        "every page that linking shows: strict policy, no framing, no referrer, clean for axe",
      ),
      by("src/oauth/client-metadata.test.ts", "a name cannot turn the text around it, hide characters or be empty"),
    ],
  },
  {
    claim: "no token of the provider is handed to a client; the exchange is for the company's own services",
    proofs: [
      by(
        EXCHANGE,
        "no endpoint gives it to a public client",
        "nor to a client with a secret that is none of the company's own",
        "the person must have agreed to it, for this client",
      ),
      by("test/oauth/connector.test.ts", "no answer holds anything of the provider's"),
    ],
  },
  {
    claim: "open registration: strict metadata, limits, an off switch, a sweep that spares live links",
    proofs: [
      by(
        "test/oauth/register.test.ts",
        "what is wrong is named as RFC 7591 names it, and nothing is stored",
        "registrations and refusals are limited by address; what succeeds is not",
        "registration can be switched off; what was registered goes on",
      ),
      by("test/oauth/sweep.test.ts", "a link that nobody used goes too, one in use never"),
      by(DOCUMENTS, "flood: whatever strangers name, nothing is stored before a person agrees"),
    ],
  },
  {
    claim: "administration is for administrators, and leaves receipts",
    proofs: [
      by(
        "test/e2e/administration.test.ts",
        "only they reach any of the routes: no other person, no stranger, and no assistant of theirs",
        "leave a receipt with everything they look at and do, refusals too",
      ),
    ],
  },
  {
    claim: "secrets and codes cannot be guessed, by one process or by many",
    proofs: [
      by(
        "test/e2e/limits.test.ts",
        "two processes on one database limit as one",
        "guesses at a client's secret; who has the right one is let in even there",
        "tries of one code, wherever they are made",
      ),
      by("src/accounts/email-identity.test.ts", "never bears a sixth try, also when all come at once"),
    ],
  },
  {
    claim: "secrets and keys are rotated while both sides go on, without a restart",
    proofs: [
      by(AUTHENTICATION, "a secret is rotated while both sides go on"),
      by(
        "test/oauth/keys.test.ts",
        "signing keys follow one another while two processes run",
        "the former one is retired by itself, without a restart",
      ),
    ],
  },
  {
    claim: "no open redirector; an error page links to no unchecked address",
    proofs: [
      by(
        AUTHORIZE,
        "open-redirect: anyone else's page is named and linked, and nobody is sent there",
        "error-page-javascript-url: the error page links nowhere, runs nothing and repeats no address",
      ),
      by("test/oauth/fuzz/fuzz.test.ts", "hostile requests never break the server and never lead anyone astray"),
    ],
  },
  {
    claim: "configuration alone names this server, behind any proxy",
    proofs: [
      by(
        "test/e2e/behind-a-proxy.test.ts",
        "metadata, at every place, behind any proxy",
        "issuer and audience of the tokens",
      ),
      by(METADATA, "neither Host nor a forwarding header changes a word of it"),
    ],
  },
  {
    claim: "metadata claims what is there, and nothing else",
    proofs: [
      by(
        METADATA,
        "the server's metadata says what is true, wherever a host looks for it",
        "openid-configuration says the same and claims no ID token",
        "every endpoint that it names is there, and answers for itself",
      ),
    ],
  },
];
