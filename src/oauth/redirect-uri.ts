import { AppError } from "../kernel/errors.ts";
import type { Channel } from "../kernel/principal.ts";

/** Where an answer goes: a web site, a program listening on this machine, or an app that owns a scheme. */
export type RedirectKind = "https" | "loopback" | "app";

const MAX_LENGTH = 2048;

/** RFC 3986 §2: every character that a URI may hold, without `#`. No space, no backslash, no control, ASCII alone. */
const URI_TEXT = /^(?:[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
const SCHEME = /^([a-z][a-z0-9+.-]*):/;
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/([^/?]*)/;

/** RFC 8252 §7.3, written out as text so that no spelling of an address that only a parser understands passes. */
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?((?:[/?].*)?)$/;

/** Schemes that a browser or an operating system acts on itself, so no app that links an account owns them. */
const NOT_AN_APP: ReadonlySet<string> = new Set(
  (
    "http https javascript vbscript livescript data file filesystem blob about view-source ws wss ftp ftps sftp ssh " +
    "telnet gopher mailto tel sms facetime news nntp irc ldap ldaps smb nfs dav webcal jar resource res mk mhtml cid " +
    "mid urn help hcp shell search search-ms intent android-app market steam edge opera brave devtools feed wyciwyg applescript " +
    "safari-extension safari-web-extension"
  ).split(" "),
);

/** Families of such schemes: Windows, Edge, macOS and iOS, the App Store, Chrome, Firefox. */
const NOT_AN_APP_FAMILY = /^(?:ms-|microsoft-edge|x-apple|itms|chrome|moz-)/;

/** Names that our answer adds to the query (RFC 6749 §4.1.2, RFC 9207 §2); a registered address may not forge them. */
const ANSWER_NAMES = ["code", "state", "iss", "error", "error_description", "error_uri"];

const refuse = (why: string): never => {
  throw new AppError("invalid_redirect_uri", `A redirect address ${why}.`);
};

/**
 * Whether a client may register this address: https, http on loopback, or a private-use scheme (RFC 8252 §7).
 * @throws AppError `invalid_redirect_uri`, saying which rule it breaks.
 */
export function checkRedirectUri(uri: string): void {
  if (uri.length > MAX_LENGTH) refuse(`is longer than ${MAX_LENGTH} characters`);
  if (uri.includes("#")) refuse("has a fragment (RFC 6749 §3.1.2)");
  if (!URI_TEXT.test(uri)) refuse("holds a character that no URI may hold (RFC 3986 §2)");
  const url = URL.parse(uri) ?? refuse("is not an absolute URI");
  if (url.username !== "" || url.password !== "" || AUTHORITY.exec(uri)?.[1]?.includes("@")) {
    refuse("holds a user name or a password");
  }
  if (ANSWER_NAMES.some((name) => url.searchParams.has(name))) refuse("names a parameter that the answer adds");
  if (!isWebSite(uri) && !LOOPBACK.test(uri) && !isApp(uri)) {
    refuse("is neither https, nor http on localhost, 127.0.0.1 or [::1], nor the scheme of an app");
  }
}

/** A parser reads `https:///x` as the host x; whoever compares or shows the text would not. */
const isWebSite = (uri: string): boolean => /^https:\/\/[^/?]/.test(uri);

/** `com.example.app:/done` (RFC 8252 §7.1) or, as editors do, `cursor://...`. */
function isApp(uri: string): boolean {
  const scheme = SCHEME.exec(uri)?.[1];
  if (scheme === undefined || NOT_AN_APP.has(scheme) || NOT_AN_APP_FAMILY.test(scheme)) return false;
  return scheme.includes(".") || uri.startsWith(`${scheme}://`);
}

/** A loopback address without its port, which the listening program chooses anew each time (RFC 8252 §7.3). */
function withoutPort(uri: string): string | null {
  const [, host, rest] = LOOPBACK.exec(uri) ?? [];
  return host === undefined ? null : `${host}${rest ?? ""}`;
}

/**
 * Whether a requested address is a registered one: the same string (RFC 9700 §2.1), and on loopback the same but for
 * the port. Some clients register `http://localhost/callback` and listen on a port, so the name counts as loopback too.
 */
export function redirectMatches(registered: readonly string[], requested: string): boolean {
  if (registered.includes(requested)) return true;
  if (!URI_TEXT.test(requested) || URL.parse(requested) === null) return false;
  const wanted = withoutPort(requested);
  return wanted !== null && registered.some((uri) => withoutPort(uri) === wanted);
}

/** What the consent page shows of a registered address: its host, or for an app its scheme. */
export function describeRedirect(uri: string): { readonly kind: RedirectKind; readonly host: string } {
  const url = new URL(uri);
  if (isWebSite(uri)) return { kind: "https", host: url.host };
  if (LOOPBACK.test(uri)) return { kind: "loopback", host: url.host };
  return { kind: "app", host: url.protocol.slice(0, -1) };
}

const HOSTS: Readonly<Record<string, Channel>> = {
  "chatgpt.com": "chatgpt",
  "chat.openai.com": "chatgpt",
  "claude.ai": "claude",
  "claude.com": "claude",
};

/**
 * Whether the browser may be sent to a proven address before the person did anything: to a program on their own machine,
 * or to a host that we know. Any other address that a client registered by itself may be anyone's page, and a link to us
 * that leads there at once lends it our name (RFC 9700 §4.11.2).
 */
export const mayBounceTo = (redirectUri: string): boolean =>
  describeRedirect(redirectUri).kind === "loopback" || channelOf(redirectUri) !== "mcp";

/** The surface behind a proven redirect address. A client's name proves nothing; where its codes go does. */
export function channelOf(redirectUri: string): Channel {
  const { kind, host } = describeRedirect(redirectUri);
  return (kind === "https" && Object.hasOwn(HOSTS, host) ? HOSTS[host] : undefined) ?? "mcp";
}
