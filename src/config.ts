import { type KeyObject, createPrivateKey, createPublicKey } from "node:crypto";
import { resolve } from "node:path";
import * as z from "zod";

/** Everything that can be set, parsed once into a frozen object. Nothing else reads the environment. */
export interface Config {
  readonly environment: "development" | "production" | "test";
  readonly host: string;
  readonly port: number;
  /** Origin without a trailing slash: the issuer, and the root of every published address. */
  readonly baseUrl: string;
  readonly dataDirectory: string;
  /** PostgreSQL; absent means the embedded database. */
  readonly databaseUrl: string | undefined;
  /** Master secret; absent means the file in the data directory. */
  readonly secret: string | undefined;
  /** The first signing key, PEM (PKCS #8 and SPKI). */
  readonly signingKey: { readonly privateKey: string; readonly publicKey: string } | undefined;
  readonly privy: { readonly appId: string; readonly verificationKey: string | undefined } | undefined;
  /** Absent means that mail stays in the embedded mailbox. */
  readonly smtp: { readonly url: string; readonly from: string } | undefined;
  /** Characters that `extract_intent` reads. */
  readonly extraction: { readonly instructionLimit: number; readonly sectionLimit: number };
  /** How many proxies in front append to X-Forwarded-For; 0 means that the header is never read. */
  readonly trustedProxies: number;
  /** Further origins whose pages may call `/mcp`; our own and those of this machine always may. */
  readonly allowedOrigins: readonly string[];
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

type Group = "Server" | "Data" | "Keys" | "Sign-in" | "Mail" | "Tools";

/** What a reader needs to know about a setting; `.env.example` and docs/settings.md are made of it. */
interface SettingFacts {
  readonly group: Group;
  readonly about: string;
  readonly example: string;
  /** A value that no message, page or log may show. */
  readonly secret: boolean;
  /** Shown where the default is no constant. */
  readonly fallback?: string;
}

const facts = z.registry<SettingFacts>();

function describe<Schema extends z.ZodType>(field: Schema, known: SettingFacts): Schema {
  facts.add(field, known);
  return field;
}

const setting = <Schema extends z.ZodType>(group: Group, about: string, example: string, field: Schema): Schema =>
  describe(field, { group, about, example, secret: false });

const secret = <Schema extends z.ZodType>(group: Group, about: string, example: string, field: Schema): Schema =>
  describe(field, { group, about, example, secret: true });

function wholeNumber(least: number, most: number): z.ZodType<number, string> {
  const sentence = `must be a whole number from ${least} to ${most}`;
  const digits = z
    .string()
    .regex(/^\d{1,9}$/, sentence)
    .transform(Number);
  return digits.refine((value) => value >= least && value <= most, sentence);
}

const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names): z.ZodType<Names[number], string> =>
  z.literal(names, { error: `must be one of ${names.join(", ")}` });

/** Text that `read` turns into a value; what it throws becomes the sentence, since its own words may quote the value. */
const checked = <T>(sentence: string, read: (text: string) => T): z.ZodType<T, string> =>
  z.string().transform((text, context) => {
    try {
      return read(text);
    } catch {
      context.addIssue({ code: "custom", message: sentence });
      return z.NEVER;
    }
  });

function ensure(condition: boolean): void {
  if (!condition) throw new Error("The value breaks its rule.");
}

/** This machine alone (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
const isLoopback = (host: string): boolean => /^(localhost|.+\.localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);

/** An origin that may be published: https, as RFC 8414 §2 asks of an issuer, or http on this machine. */
function originOf(text: string): string {
  const url = new URL(text);
  ensure(url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname)));
  ensure(url.pathname === "/" && !/[?#@]/.test(text));
  return url.origin;
}

const origin = (read: (text: string) => string): z.ZodType<string, string> =>
  checked("must be an origin: https (http only for this machine), and no path, query or user name", read);

const origins: z.ZodType<readonly string[], string> = checked(
  "must be origins separated by commas: https (http only for this machine), and no path, query or user name",
  (text) => text.split(",").map((one) => originOf(one.trim())),
);

const urlOf = (kind: string, ...schemes: readonly string[]): z.ZodType<string, string> =>
  checked(`must be a ${kind} URL`, (text) => {
    ensure(schemes.includes(new URL(text).protocol));
    return text;
  });

/** PEM as it is, with `\n` spelled out, or in base64: the forms in which keys travel through an environment. */
const pemOf = (text: string): string =>
  text.includes("-----BEGIN") ? text.replaceAll(String.raw`\n`, "\n") : Buffer.from(text, "base64").toString("utf8");

const signingKey = (create: (pem: string) => KeyObject): z.ZodType<KeyObject, string> =>
  checked("must be an RSA key of at least 2048 bits, as PEM in base64 and without a passphrase", (text) => {
    const key = create(pemOf(text));
    ensure(key.asymmetricKeyType === "rsa" && Number(key.asymmetricKeyDetails?.modulusLength) >= 2048);
    return key;
  });

const publicPem = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();
const privatePem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

const verificationKey = checked("must be the app's ES256 public key, as PEM or as PEM in base64", (text) => {
  const key = createPublicKey(pemOf(text));
  ensure(key.asymmetricKeyDetails?.namedCurve === "prime256v1");
  return publicPem(key);
});

const hostName = z.string().regex(/^[\w.:-]+$/, "must be a host name or an IP address");
const appId = z.string().regex(/^[\w-]+$/, "must be the app id of Privy's dashboard");
const sender = z.string().regex(/^[^\r\n@<>]*<?[^\s@<>]+@[^\s@<>]+>?$/, "must be an address, with or without a name");
const masterSecret = z.string().min(32, "must have at least 32 characters");

/** The one schema: each field is an environment variable. */
const schema = z.object({
  NODE_ENV: setting(
    "Server",
    "What this process is for; `GET /health` names it.",
    "production",
    oneOf(["development", "production", "test"]).default("development"),
  ),
  HOST: setting(
    "Server",
    "Address to listen on. The default is reached from this machine alone, `0.0.0.0` from everywhere.",
    "0.0.0.0",
    hostName.default("127.0.0.1"),
  ),
  PORT: setting("Server", "Port to listen on.", "8080", wholeNumber(1, 65_535).default(3002)),
  SERVER_BASE_URL: setting(
    "Server",
    "Where people and assistants reach this server: issuer of tokens and root of every published address. Host and forwarding headers never replace it.",
    "https://bellhop.example.com",
    origin(originOf).optional(),
  ),
  TOKEN_AI_MCP_PUBLIC_URL: setting(
    "Server",
    "The Dexter stack's name for SERVER_BASE_URL; it wins when both are set. A trailing `/mcp` is tolerated.",
    "https://bellhop.example.com/mcp",
    origin((text) => originOf(text.replace(/\/mcp\/?$/, ""))).optional(),
  ),
  BELLHOP_TRUSTED_PROXIES: setting(
    "Server",
    "How many proxies of yours stand in front and append to X-Forwarded-For. With 0 that header is never read.",
    "1",
    wholeNumber(0, 10).default(0),
  ),
  ALLOWED_ORIGINS: setting(
    "Server",
    "Origins of web pages that may call `/mcp`, separated by commas. Our own and those of this machine always may.",
    "https://inspector.example.com",
    origins.optional(),
  ),
  LOG_LEVEL: setting(
    "Server",
    "The least that is logged.",
    "warn",
    oneOf(["debug", "info", "warn", "error"]).default("info"),
  ),
  BELLHOP_DATA_DIR: setting(
    "Data",
    "Directory of the embedded database, its snapshots, and the secrets made on first run. One running server owns it.",
    "/var/lib/bellhop",
    z.string().default("./data"),
  ),
  DATABASE_URL: secret(
    "Data",
    "PostgreSQL 15 or newer. Without it the embedded database in BELLHOP_DATA_DIR is used.",
    "postgresql://bellhop:password@localhost:5432/bellhop",
    urlOf("postgres:// or postgresql://", "postgres:", "postgresql:").optional(),
  ),
  BELLHOP_SECRET: secret(
    "Keys",
    "Master secret that seals the keys in the database. Without it one is made in BELLHOP_DATA_DIR; processes on one PostgreSQL share it.",
    "the output of `openssl rand -base64 48`",
    masterSecret.optional(),
  ),
  JWT_PRIVATE_KEY: secret(
    "Keys",
    "First signing key of access tokens (RS256), PEM in base64. Without it one is made on first run.",
    "the output of `openssl genrsa 2048 | base64 -w0`",
    signingKey(createPrivateKey).optional(),
  ),
  JWT_PUBLIC_KEY: setting(
    "Keys",
    "Public half of JWT_PRIVATE_KEY, PEM in base64. It may be left out; when given, it must match.",
    "the output of `openssl rsa -in key.pem -pubout | base64 -w0`",
    signingKey(createPublicKey).optional(),
  ),
  PRIVY_APP_ID: setting(
    "Sign-in",
    "Switches sign-in with Privy on, for this app.",
    "clx0000000000000000000000",
    appId.optional(),
  ),
  PRIVY_VERIFICATION_KEY: setting(
    "Sign-in",
    "The app's verification key, PEM. Without it the key set that Privy publishes for the app is fetched.",
    "the key of Privy's dashboard, its line breaks written as `\\n`",
    verificationKey.optional(),
  ),
  SMTP_URL: secret(
    "Mail",
    "Mail server for sign-in codes. Without it codes appear in the server's terminal and on a mailbox page for this machine alone.",
    "smtps://user:password@mail.example.com:465",
    urlOf("smtp:// or smtps://", "smtp:", "smtps:").optional(),
  ),
  MAIL_FROM: setting(
    "Mail",
    "Sender of mail; needed with SMTP_URL.",
    "Bellhop <bellhop@example.com>",
    sender.optional(),
  ),
  EXTRACT_INTENT_INSTRUCTION_CHAR_LIMIT: setting(
    "Tools",
    "Characters of the instruction that `extract_intent` reads; the rest is cut at the end of a sentence and reported.",
    "4000",
    wholeNumber(1, 50_000).default(2000),
  ),
  EXTRACT_INTENT_SECTION_CHAR_LIMIT: setting(
    "Tools",
    "Characters that `extract_intent` reads of each of the file, the conversation and the memory.",
    "10000",
    wholeNumber(1, 50_000).default(5000),
  ),
});

/** One setting as the reference shows it. */
export interface Setting extends SettingFacts {
  readonly name: string;
}

const fallbackOf = (name: string, field: z.ZodType): { fallback?: string } => {
  if (field instanceof z.ZodDefault) return { fallback: String(field.def.defaultValue) };
  return name === "SERVER_BASE_URL" ? { fallback: "http://localhost:PORT" } : {};
};

/** Every setting, in the order of the reference. */
export const settings: readonly Setting[] = Object.entries(schema.shape).flatMap(([name, field]) => {
  const known = facts.get(field);
  return known ? [{ name, ...known, ...fallbackOf(name, field) }] : [];
});

/** Settings of the systems that Bellhop replaces which it does not read, each with what takes their place. */
export const retired: Readonly<Record<string, string>> = {
  PRIVY_APP_SECRET: "is not needed: Privy's tokens are verified with the app's public key (PRIVY_VERIFICATION_KEY)",
  VITE_PRIVY_APP_ID: "is replaced by PRIVY_APP_ID",
  PRIVY_TOKEN_EXCHANGE_TIMEOUT_MS:
    "takes effect when Privy tokens can be exchanged; so far they are verified and dropped",
  PROTOCOL_API_URL: "takes effect when a Protocol API can be called; so far intents are extracted and kept here",
  PROTOCOL_API_TIMEOUT_MS: "takes effect together with PROTOCOL_API_URL",
  MCP_SERVER_URL: "is replaced by SERVER_BASE_URL",
  AUTH_STORAGE_DRIVER: "is replaced by DATABASE_URL: nothing is kept in memory alone",
  SUPABASE_URL: "is replaced by Bellhop's own sign-in (email, or Privy with PRIVY_APP_ID)",
  SUPABASE_ANON_KEY: "is replaced by Bellhop's own sign-in (email, or Privy with PRIVY_APP_ID)",
  SUPABASE_SERVICE_ROLE_KEY: "is replaced by Bellhop's own database (DATABASE_URL)",
  SUPABASE_JWT_SECRET: "is replaced by Bellhop's own browser sessions",
  MCP_JWT_SECRET: "is replaced by RS256 signing keys (JWT_PRIVATE_KEY), whose public half anyone can fetch",
  TOKEN_AI_OIDC_CLIENT_ID: "is replaced by Bellhop's own authorization server, where clients register themselves",
  TOKEN_AI_OIDC_CLIENT_ID_CHATGPT: "is replaced by Bellhop's own authorization server, where ChatGPT registers itself",
  TOKEN_AI_OIDC_AUTHORIZATION_ENDPOINT: "is replaced by /authorize under SERVER_BASE_URL",
  TOKEN_AI_OIDC_TOKEN_ENDPOINT: "is replaced by /token under SERVER_BASE_URL",
  TOKEN_AI_OIDC_USERINFO: "is replaced by Bellhop's own accounts: no foreign user-info address is asked",
  CONNECTOR_CLAUDE_CLIENT_ID: "is replaced by Bellhop's own authorization server, where Claude registers itself",
  NEXT_PUBLIC_ENABLE_VOICE: "takes effect when there is a voice surface",
};

interface Problem {
  readonly name: string;
  readonly why: string;
}

const exampleOf = (name: string): string => settings.find((known) => known.name === name)?.example ?? "";

/** Settings that cannot be used: the message names each, why, and an example, and never a value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ name, why }) => `  ${name} ${why}. Example: ${exampleOf(name)}`);
    super(["These settings cannot be used:", ...lines, "Every setting is described in docs/settings.md."].join("\n"));
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** An empty or blank variable counts as unset, as in a copied `.env.example`. */
const present = (environment: Environment): Map<string, string> =>
  new Map(Object.entries(environment).flatMap(([name, text]) => (text?.trim() ? [[name, text.trim()]] : [])));

/** Rules between settings that need no more than their presence, so that they are reported beside the others. */
const incomplete = (given: ReadonlyMap<string, string>): Problem[] => [
  ...(given.has("SMTP_URL") && !given.has("MAIL_FROM") ? [{ name: "MAIL_FROM", why: "is needed with SMTP_URL" }] : []),
  ...(given.has("JWT_PUBLIC_KEY") && !given.has("JWT_PRIVATE_KEY")
    ? [{ name: "JWT_PRIVATE_KEY", why: "is needed with JWT_PUBLIC_KEY: a public key alone signs nothing" }]
    : []),
];

function signingPair(values: z.output<typeof schema>): Config["signingKey"] {
  if (!values.JWT_PRIVATE_KEY) return undefined;
  const publicKey = publicPem(createPublicKey(values.JWT_PRIVATE_KEY));
  if (values.JWT_PUBLIC_KEY && publicPem(values.JWT_PUBLIC_KEY) !== publicKey)
    throw new ConfigError([{ name: "JWT_PUBLIC_KEY", why: "does not belong to JWT_PRIVATE_KEY" }]);
  return Object.freeze({ privateKey: privatePem(values.JWT_PRIVATE_KEY), publicKey });
}

function configOf(values: z.output<typeof schema>): Config {
  const { PRIVY_APP_ID, SMTP_URL, MAIL_FROM } = values;
  return Object.freeze({
    environment: values.NODE_ENV,
    host: values.HOST,
    port: values.PORT,
    baseUrl: values.TOKEN_AI_MCP_PUBLIC_URL ?? values.SERVER_BASE_URL ?? `http://localhost:${values.PORT}`,
    dataDirectory: resolve(values.BELLHOP_DATA_DIR),
    databaseUrl: values.DATABASE_URL,
    secret: values.BELLHOP_SECRET,
    signingKey: signingPair(values),
    privy: PRIVY_APP_ID
      ? Object.freeze({ appId: PRIVY_APP_ID, verificationKey: values.PRIVY_VERIFICATION_KEY })
      : undefined,
    smtp: SMTP_URL && MAIL_FROM ? Object.freeze({ url: SMTP_URL, from: MAIL_FROM }) : undefined,
    extraction: Object.freeze({
      instructionLimit: values.EXTRACT_INTENT_INSTRUCTION_CHAR_LIMIT,
      sectionLimit: values.EXTRACT_INTENT_SECTION_CHAR_LIMIT,
    }),
    trustedProxies: values.BELLHOP_TRUSTED_PROXIES,
    allowedOrigins: Object.freeze(values.ALLOWED_ORIGINS ?? []),
    logLevel: values.LOG_LEVEL,
  });
}

/** Edits (insert, delete, replace) that turn one name into the other: Levenshtein, row by row. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split("").entries()) {
    const row = [i + 1];
    for (const [j, other] of b.split("").entries())
      row.push(Math.min((row[j] ?? 0) + 1, (previous[j + 1] ?? 0) + 1, (previous[j] ?? 0) + Number(letter !== other)));
    previous = row;
  }
  return previous.at(-1) ?? 0;
}

const nearest = (name: string): string =>
  settings.map((known) => known.name).toSorted((a, b) => distance(name, a) - distance(name, b))[0] ?? "";

function warningsFor(given: ReadonlyMap<string, string>, config: Config): string[] {
  const known = new Set(settings.map(({ name }) => name));
  const unknown = [...given.keys()].filter((name) => name.startsWith("BELLHOP_") && !known.has(name));
  const useless = (name: string, needed: string): string[] =>
    given.has(name) && !given.has(needed) ? [`${name} has no effect without ${needed}.`] : [];
  const lonely = !isLoopback(config.host) && isLoopback(new URL(config.baseUrl).hostname);
  return [
    ...Object.entries(retired).flatMap(([name, what]) => (given.has(name) ? [`${name} ${what}.`] : [])),
    ...unknown.map((name) => `${name} is not a setting; did you mean ${nearest(name)}?`),
    ...useless("PRIVY_VERIFICATION_KEY", "PRIVY_APP_ID"),
    ...useless("MAIL_FROM", "SMTP_URL"),
    ...(given.has("TOKEN_AI_MCP_PUBLIC_URL") && given.has("SERVER_BASE_URL")
      ? ["SERVER_BASE_URL is not used: TOKEN_AI_MCP_PUBLIC_URL wins."]
      : []),
    ...(lonely
      ? [`HOST lets other machines in, but ${config.baseUrl} reaches this machine alone: set SERVER_BASE_URL.`]
      : []),
  ];
}

/**
 * Reads the environment. Only a malformed or unsafe value stops; everything else that deserves a word is a warning.
 * @throws ConfigError naming every setting that cannot be used.
 */
export function parseConfig(environment: Environment): { config: Config; warnings: readonly string[] } {
  const given = present(environment);
  const parsed = schema.safeParse(Object.fromEntries(given));
  const malformed = (parsed.error?.issues ?? []).map((issue) => ({ name: String(issue.path[0]), why: issue.message }));
  const problems = [...malformed, ...incomplete(given)];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const config = configOf(parsed.data);
  return { config, warnings: warningsFor(given, config) };
}
