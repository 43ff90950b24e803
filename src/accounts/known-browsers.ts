import { timingSafeEqual } from "node:crypto";
import { hostCookie } from "../http/cookies.ts";
import { randomToken } from "../kernel/ids.ts";
import type { VerifiedIdentity } from "../kernel/ports/identity.ts";
import { createSealer } from "../kernel/seal.ts";

interface KnownBrowsersParts {
  readonly baseUrl: string;
  readonly masterSecret: string;
}

/**
 * Browsers in which a person proved their email address before. Such a browser signs nobody in; it only asks for codes
 * on a share of its own, so that strangers who ask in the person's name cannot lock them out (OWASP, "Slow Down Online
 * Guessing Attacks with Device Cookies").
 */
export interface KnownBrowsers {
  /** A name for the browser, for counting, where this address was proven in it; else null. */
  nameFor(request: Request, address: string): string | null;
  /** The `Set-Cookie` after a proof; null where it was no email address, or the browser is known for it already. */
  remember(request: Request, identity: VerifiedIdentity): string | null;
}

const YEAR = 365 * 24 * 3600;
const VALUE = /^([\w-]{22})\.([\w-]{43})$/;

/** The cookie is a random name and a MAC over it and the address; it holds no address, and stays when the session ends. */
export function createKnownBrowsers({ baseUrl, masterSecret }: KnownBrowsersParts): KnownBrowsers {
  const cookie = hostCookie("bellhop-browser", baseUrl);
  const sealer = createSealer(masterSecret, "accounts/known-browser");
  const macOf = (name: string, address: string): Buffer => sealer.mac(JSON.stringify([name, address]));

  function nameFor(request: Request, address: string): string | null {
    const [, name, given] = VALUE.exec(cookie.read(request) ?? "") ?? [];
    if (name === undefined || given === undefined) return null;
    const mac = macOf(name, address);
    const bytes = Buffer.from(given, "base64url");
    return bytes.length === mac.length && timingSafeEqual(bytes, mac) ? name : null;
  }

  return {
    nameFor,
    remember(request, { issuer, subject }) {
      if (issuer !== "email" || nameFor(request, subject) !== null) return null;
      const name = randomToken(16);
      return cookie.set(`${name}.${macOf(name, subject).toString("base64url")}`, YEAR);
    },
  };
}
