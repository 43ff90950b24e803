import { createPrivateKey, createPublicKey } from "node:crypto";
import * as z from "zod";
import { allChannels } from "../kernel/principal.ts";
import { clientSettings } from "./client-settings.ts";
import { facts, secret, setting, type SettingFacts } from "./describe.ts";
import {
  hostName,
  masterSecret,
  oneOf,
  origin,
  originOf,
  origins,
  sender,
  signingKey,
  urlOf,
  wholeNumber,
  channels,
} from "./fields.ts";
import { signInSettings } from "./sign-in-settings.ts";
import { tierSettings } from "./tier-settings.ts";
import { spendingSettings } from "./spending-settings.ts";

/** The one schema: each field is an environment variable. Nothing else reads the environment. */
export const schema = z.object({
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
    "How many proxies of yours stand in front and append to X-Forwarded-For. With 0 that header is never read, and the log warns once when it comes.",
    "1",
    wholeNumber(0, 10).default(0),
  ),
  ALLOWED_ORIGINS: setting(
    "Server",
    "Origins of web pages that may call `/mcp`, separated by commas. Our own and those of this machine always may.",
    "https://inspector.example.com",
    origins.optional(),
  ),
  BELLHOP_ADVERTISE_ISS: setting(
    "Server",
    "Whether metadata says that answers name their issuer (RFC 9207). They name it either way; `off` is for a host that breaks on the word.",
    "off",
    oneOf(["on", "off"]).default("on"),
  ),
  BELLHOP_CHANNELS: setting(
    "Server",
    "Channels that an account has as long as an administrator sets nothing else for it, separated by commas; `none` for none.",
    "chatgpt,claude",
    channels.default(allChannels.filter((channel) => channel !== "web")),
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
  BELLHOP_KEY_DAYS: setting(
    "Keys",
    "Age in days at which a signing key is followed by a new one by itself; 0 means never. `npm start -- keys rotate` does it at any time.",
    "30",
    wholeNumber(0, 3650).optional(),
  ),
  MCP_JWT_SECRET: secret(
    "Keys",
    "Signs the short tokens of our own callers (the command line today; later voice and X) with HS256, for a process that shares it. Without it the signing key does.",
    "the output of `openssl rand -base64 48`",
    masterSecret.optional(),
  ),
  ...clientSettings,
  ...signInSettings,
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
  BELLHOP_CALLS_PER_MINUTE: setting(
    "Tools",
    "Calls of tools that all assistants of one person may make in a minute of the clock, over all processes on one database; the person's own browser may make as many beside them. 0 means no limit.",
    "120",
    wholeNumber(0, 100_000_000).default(600),
  ),
  BELLHOP_JOBS_AT_ONCE: setting(
    "Tools",
    "Jobs that this process runs at once. With 0 it runs none, and leaves them to the other processes on the same database.",
    "8",
    wholeNumber(0, 64).default(4),
  ),
  BELLHOP_JOB_LEASE_SECONDS: setting(
    "Tools",
    "How long a job stays with a process that gives no sign of life, before another takes it over.",
    "60",
    wholeNumber(2, 600).default(30),
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
  ...tierSettings,
  ...spendingSettings,
});

/** One setting as the reference shows it. */
export interface Setting extends SettingFacts {
  readonly name: string;
}

/** Defaults that depend on another setting. */
const fallbacks: ReadonlyMap<string, string> = new Map([
  ["SERVER_BASE_URL", "http://localhost:PORT"],
  ["BELLHOP_KEY_DAYS", "90, or 0 with JWT_PRIVATE_KEY"],
  ["BELLHOP_TIERS", "free and pro, which differ in name alone"],
  ["BELLHOP_UPGRADE_URL", "/app/usage of this server"],
]);

const fallbackOf = (name: string, field: z.ZodType): { fallback?: string } => {
  if (field instanceof z.ZodDefault) return { fallback: String(field.def.defaultValue) };
  const fallback = fallbacks.get(name);
  return fallback === undefined ? {} : { fallback };
};

/** Every setting, in the order of the reference. */
export const settings: readonly Setting[] = Object.entries(schema.shape).flatMap(([name, field]) => {
  const known = facts.get(field);
  return known ? [{ name, ...known, ...fallbackOf(name, field) }] : [];
});
