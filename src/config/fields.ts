import { type KeyObject, createPublicKey } from "node:crypto";
import * as z from "zod";
import { isLoopbackHost } from "../kernel/loopback.ts";
import { allChannels, type Channel } from "../kernel/principal.ts";

export function wholeNumber(least: number, most: number): z.ZodType<number, string> {
  const sentence = `must be a whole number from ${least} to ${most}`;
  const digits = z
    .string()
    .regex(/^\d{1,9}$/, sentence)
    .transform(Number);
  return digits.refine((value) => value >= least && value <= most, sentence);
}

export const oneOf = <const Names extends readonly [string, ...string[]]>(
  names: Names,
): z.ZodType<Names[number], string> => z.literal(names, { error: `must be one of ${names.join(", ")}` });

/** Text that `read` turns into a value; what it throws becomes the sentence, since its own words may quote the value. */
export const checked = <T>(sentence: string, read: (text: string) => T): z.ZodType<T, string> =>
  z.string().transform((text, context) => {
    try {
      return read(text);
    } catch {
      context.addIssue({ code: "custom", message: sentence });
      return z.NEVER;
    }
  });

export function ensure(condition: boolean): void {
  if (!condition) throw new Error("The value breaks its rule.");
}

/** An origin that may be published: https, as RFC 8414 §2 asks of an issuer, or http on this machine. */
export function originOf(text: string): string {
  const url = new URL(text);
  ensure(url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname)));
  ensure(url.pathname === "/" && !/[?#@]/.test(text));
  return url.origin;
}

export const origin = (read: (text: string) => string): z.ZodType<string, string> =>
  checked("must be an origin: https (http only for this machine), and no path, query or user name", read);

export const origins: z.ZodType<readonly string[], string> = checked(
  "must be origins separated by commas: https (http only for this machine), and no path, query or user name",
  (text) => text.split(",").map((one) => originOf(one.trim())),
);

const isAssistantChannel = (name: string): name is Exclude<Channel, "web"> =>
  name !== "web" && allChannels.some((channel) => channel === name);

export const channels: z.ZodType<readonly Channel[], string> = checked(
  `must be channels separated by commas: ${allChannels.filter((name) => name !== "web").join(", ")}; or none`,
  (text) => {
    const names = text === "none" ? [] : text.split(",").map((name) => name.trim());
    const known = names.filter(isAssistantChannel);
    ensure(known.length === names.length);
    return known;
  },
);

export const urlOf = (kind: string, ...schemes: readonly string[]): z.ZodType<string, string> =>
  checked(`must be a ${kind} URL`, (text) => {
    ensure(schemes.includes(new URL(text).protocol));
    return text;
  });

/** PEM as it is, with `\n` spelled out, or in base64: the forms in which keys travel through an environment. */
export const pemOf = (text: string): string =>
  text.includes("-----BEGIN") ? text.replaceAll(String.raw`\n`, "\n") : Buffer.from(text, "base64").toString("utf8");

export const signingKey = (create: (pem: string) => KeyObject): z.ZodType<KeyObject, string> =>
  checked("must be an RSA key of at least 2048 bits, as PEM in base64 and without a passphrase", (text) => {
    const key = create(pemOf(text));
    ensure(key.asymmetricKeyType === "rsa" && Number(key.asymmetricKeyDetails?.modulusLength) >= 2048);
    return key;
  });

export const publicPem = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();
export const privatePem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

export const verificationKey = checked("must be the app's ES256 public key, as PEM or as PEM in base64", (text) => {
  const key = createPublicKey(pemOf(text));
  ensure(key.asymmetricKeyDetails?.namedCurve === "prime256v1");
  return publicPem(key);
});

/** An https address, or http on this machine, with neither user name nor fragment. */
export const httpsUrl: z.ZodType<string, string> = checked(
  "must be an https URL (http only for this machine), without a user name or a fragment",
  (text) => {
    const url = new URL(text);
    ensure(url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname)));
    ensure(url.username === "" && url.password === "" && !text.includes("#"));
    return text;
  },
);

/** Printable text of a length. */
export const plainText = (least: number, most: number): z.ZodType<string, string> =>
  checked(`must have ${least} to ${most} printable characters`, (text) => {
    ensure(text.length >= least && text.length <= most && !/\p{C}/u.test(text));
    return text;
  });

/** Names separated by commas. */
export const names: z.ZodType<readonly string[], string> = checked(
  "must be names of small letters, digits, - and _, separated by commas",
  (text) =>
    text.split(",").map((one) => {
      ensure(/^[a-z][a-z0-9_-]{0,30}$/.test(one.trim()));
      return one.trim();
    }),
);

/** Scopes separated by spaces (RFC 6749 §3.3), `openid` among them. */
export const scopeList: z.ZodType<string, string> = checked(
  "must be scopes separated by spaces, openid among them",
  (text) => {
    const scopes = text.split(/ +/);
    ensure(scopes.includes("openid") && scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)));
    return scopes.join(" ");
  },
);

export const hostName = z.string().regex(/^[\w.:-]+$/, "must be a host name or an IP address");
/** Neither an address, which would name a document, nor a name that this server calls itself by. */
export const clientId = z
  .string()
  .regex(/^(?!console$|emulator$)[A-Za-z0-9._-]{1,128}$/, "must have 1 to 128 letters, digits, points, - or _");
export const appId = z.string().regex(/^[\w-]+$/, "must be the app id of Privy's dashboard");
export const sender = z
  .string()
  .regex(/^[^\r\n@<>]*<?[^\s@<>]+@[^\s@<>]+>?$/, "must be an address, with or without a name");
export const masterSecret = z.string().min(32, "must have at least 32 characters");
