import { createPublicKey } from "node:crypto";
import { resolve } from "node:path";
import type * as z from "zod";
import { isLoopbackHost } from "../kernel/loopback.ts";
import type { Channel } from "../kernel/principal.ts";
import { privatePem, publicPem } from "./fields.ts";
import { type PresetConfig, presetsOf } from "./client-settings.ts";
import { nearest } from "./nearest.ts";
import { retired } from "./retired.ts";
import { schema, settings } from "./settings.ts";
import { type SpendingConfig, spendingOf } from "./spending-settings.ts";
import {
  hasExplicitEndpoints,
  type SignInConfig,
  signInGaps,
  signInOf,
  signInProblems,
  signInWarnings,
} from "./sign-in.ts";
import { type TierConfig, tierProblems, tiersOf } from "./tier-settings.ts";

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
  /** Signs service tokens (HS256); absent means that the signing key does. */
  readonly serviceSecret: string | undefined;
  /** Days after which a signing key is followed by a new one; 0 means never by itself. */
  readonly keyDays: number;
  /** Whether metadata says that answers name their issuer (RFC 9207). */
  readonly advertiseIss: boolean;
  /** Clients that have their id from the settings. */
  readonly presets: readonly PresetConfig[];
  /** Whether clients may register themselves (RFC 7591). */
  readonly dynamicRegistration: boolean;
  readonly signIn: SignInConfig;
  /** Absent means that mail stays in the embedded mailbox. */
  readonly smtp: { readonly url: string; readonly from: string } | undefined;
  /** Characters that `extract_intent` reads. */
  readonly extraction: { readonly instructionLimit: number; readonly sectionLimit: number };
  /** Jobs that this process runs at once, and for how long one stays with a process that gives no sign. */
  readonly jobs: { readonly atOnce: number; readonly leaseMs: number };
  readonly spending: SpendingConfig;
  /** How many proxies in front append to X-Forwarded-For; 0 means that the header is never read. */
  readonly trustedProxies: number;
  /** Calls that one person may make in a minute; 0 means as many as they like. */
  readonly callsPerMinute: number;
  /** What people may buy. */
  readonly plans: TierConfig;
  /** Further origins whose pages may call `/mcp`; our own and those of this machine always may. */
  readonly allowedOrigins: readonly string[];
  /** Channels that an account has as long as nothing else is set for it. */
  readonly channels: readonly Channel[];
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

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

/** Whoever gave the first key also decides when another follows: its public half may be pinned elsewhere. */
const KEY_DAYS = 90;

function configOf(values: z.output<typeof schema>): Config {
  const { SMTP_URL, MAIL_FROM } = values;
  const baseUrl = values.TOKEN_AI_MCP_PUBLIC_URL ?? values.SERVER_BASE_URL ?? `http://localhost:${values.PORT}`;
  return Object.freeze({
    environment: values.NODE_ENV,
    host: values.HOST,
    port: values.PORT,
    baseUrl,
    dataDirectory: resolve(values.BELLHOP_DATA_DIR),
    databaseUrl: values.DATABASE_URL,
    secret: values.BELLHOP_SECRET,
    signingKey: signingPair(values),
    serviceSecret: values.MCP_JWT_SECRET,
    keyDays: values.BELLHOP_KEY_DAYS ?? (values.JWT_PRIVATE_KEY ? 0 : KEY_DAYS),
    advertiseIss: values.BELLHOP_ADVERTISE_ISS === "on",
    presets: presetsOf(values, hasExplicitEndpoints(values) ? undefined : values.TOKEN_AI_OIDC_CLIENT_ID),
    dynamicRegistration: values.BELLHOP_DYNAMIC_REGISTRATION === "on",
    signIn: signInOf(values),
    smtp: SMTP_URL && MAIL_FROM ? Object.freeze({ url: SMTP_URL, from: MAIL_FROM }) : undefined,
    extraction: Object.freeze({
      instructionLimit: values.EXTRACT_INTENT_INSTRUCTION_CHAR_LIMIT,
      sectionLimit: values.EXTRACT_INTENT_SECTION_CHAR_LIMIT,
    }),
    jobs: Object.freeze({
      atOnce: values.BELLHOP_JOBS_AT_ONCE,
      leaseMs: values.BELLHOP_JOB_LEASE_SECONDS * 1000,
    }),
    spending: spendingOf(values),
    trustedProxies: values.BELLHOP_TRUSTED_PROXIES,
    callsPerMinute: values.BELLHOP_CALLS_PER_MINUTE,
    plans: tiersOf(values, baseUrl, values.BELLHOP_CALLS_PER_MINUTE),
    allowedOrigins: Object.freeze(values.ALLOWED_ORIGINS ?? []),
    channels: Object.freeze(values.BELLHOP_CHANNELS),
    logLevel: values.LOG_LEVEL,
  });
}

function warningsFor(given: ReadonlyMap<string, string>, config: Config): string[] {
  const known = new Set(settings.map(({ name }) => name));
  const unknown = [...given.keys()].filter((name) => name.startsWith("BELLHOP_") && !known.has(name));
  const useless = (name: string, needed: string): string[] =>
    given.has(name) && !given.has(needed) ? [`${name} has no effect without ${needed}.`] : [];
  const lonely = !isLoopbackHost(config.host) && isLoopbackHost(new URL(config.baseUrl).hostname);
  return [
    ...Object.entries(retired).flatMap(([name, what]) => (given.has(name) ? [`${name} ${what}.`] : [])),
    ...unknown.map((name) => `${name} is not a setting; did you mean ${nearest(name)}?`),
    ...signInWarnings(given),
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
  const problems = [...malformed, ...incomplete(given), ...signInGaps(given)];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const config = configOf(parsed.data);
  const crossed = [...signInProblems(parsed.data, config.baseUrl), ...tierProblems(config.plans)];
  if (crossed.length > 0) throw new ConfigError(crossed);
  return { config, warnings: warningsFor(given, config) };
}
