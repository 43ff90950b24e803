import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { parseConfig } from "../src/config/config.ts";
import { retired } from "../src/config/retired.ts";
import { settings } from "../src/config/settings.ts";
import { ENDPOINTS, problemsOf } from "./settings-problems.ts";

/** Every environment variable that the systems which Bellhop replaces document. */
const DOCUMENTED = [
  // The Dexter connector stack.
  "SUPABASE_URL",
  "SUPABASE_ANON_KEY",
  "SUPABASE_SERVICE_ROLE_KEY",
  "SUPABASE_JWT_SECRET",
  "MCP_JWT_SECRET",
  "TOKEN_AI_OIDC_CLIENT_ID",
  "TOKEN_AI_OIDC_CLIENT_ID_CHATGPT",
  "TOKEN_AI_OIDC_AUTHORIZATION_ENDPOINT",
  "TOKEN_AI_OIDC_TOKEN_ENDPOINT",
  "TOKEN_AI_OIDC_USERINFO",
  "TOKEN_AI_MCP_PUBLIC_URL",
  "CONNECTOR_CLAUDE_CLIENT_ID",
  "DATABASE_URL",
  // The ChatGPT Actions connector.
  "NEXT_PUBLIC_ENABLE_VOICE",
  // mcp2.
  "PRIVY_APP_ID",
  "PRIVY_APP_SECRET",
  "SERVER_BASE_URL",
  "PORT",
  "NODE_ENV",
  "JWT_PRIVATE_KEY",
  "JWT_PUBLIC_KEY",
  "PROTOCOL_API_URL",
  "PROTOCOL_API_TIMEOUT_MS",
  "PRIVY_TOKEN_EXCHANGE_TIMEOUT_MS",
  "EXTRACT_INTENT_SECTION_CHAR_LIMIT",
  "EXTRACT_INTENT_INSTRUCTION_CHAR_LIMIT",
];

const base64 = (pem: string): string => Buffer.from(pem).toString("base64");

const rsa = (modulusLength: number): { privateKey: string; publicKey: string } =>
  generateKeyPairSync("rsa", {
    modulusLength,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
  });

const ec = (namedCurve: string): string =>
  generateKeyPairSync("ec", {
    namedCurve,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).publicKey;

const strong = rsa(2048);
const other = rsa(2048);

/** A value that each setting takes and that shows in the configuration. */
const ACCEPTED: Record<string, string> = {
  NODE_ENV: "production",
  HOST: "0.0.0.0",
  PORT: "8080",
  SERVER_BASE_URL: "https://bellhop.example.com",
  TOKEN_AI_MCP_PUBLIC_URL: "https://mcp.example.com/mcp",
  BELLHOP_TRUSTED_PROXIES: "2",
  LOG_LEVEL: "warn",
  BELLHOP_DATA_DIR: "/var/lib/bellhop",
  DATABASE_URL: "postgresql://bellhop:password@localhost:5432/bellhop",
  BELLHOP_SECRET: "0123456789abcdef0123456789abcdef",
  JWT_PRIVATE_KEY: base64(strong.privateKey),
  BELLHOP_EMAIL_SIGN_IN: "off",
  PRIVY_APP_ID: "clx0000000000000000000000",
  PRIVY_TOKEN_EXCHANGE_TIMEOUT_MS: "5000",
  SUPABASE_URL: "https://project.supabase.co",
  SUPABASE_JWT_SECRET: "a-secret-of-the-project",
  SUPABASE_ANON_KEY: "the-public-key",
  OIDC_ISSUER: "https://login.example.com",
  OIDC_SCOPES: "openid email",
  TURNSTILE_SITE_KEY: "0x4AAAA",
  SMTP_URL: "smtps://user:password@mail.example.com:465",
  EXTRACT_INTENT_INSTRUCTION_CHAR_LIMIT: "4000",
  EXTRACT_INTENT_SECTION_CHAR_LIMIT: "10000",
  BELLHOP_TIERS: '[{"name":"guest","title":"Guest"},{"name":"pro","title":"Pro"}]',
  BELLHOP_TOOL_TIERS: "echo=pro",
  BELLHOP_UPGRADE_URL: "https://example.com/pricing",
  BILLING_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
};
/** Settings that show only beside another one. */
const COMPANIONS: Record<string, Record<string, string>> = {
  SMTP_URL: { MAIL_FROM: "Bellhop <bellhop@example.com>" },
  MAIL_FROM: { SMTP_URL: "smtp://mail.example.com" },
  PRIVY_VERIFICATION_KEY: { PRIVY_APP_ID: "clx0000000000000000000000" },
  JWT_PUBLIC_KEY: { JWT_PRIVATE_KEY: base64(strong.privateKey) },
  BELLHOP_EMAIL_SIGN_IN: { PRIVY_APP_ID: "clx0000000000000000000000" },
  PRIVY_SCRIPT_URL: { PRIVY_APP_ID: "clx0000000000000000000000" },
  SUPABASE_JWT_SECRET: { SUPABASE_URL: "https://project.supabase.co" },
  SUPABASE_ANON_KEY: { SUPABASE_URL: "https://project.supabase.co" },
  OIDC_ISSUER: { OIDC_CLIENT_ID: "bellhop" },
  OIDC_SCOPES: { OIDC_ISSUER: "https://login.example.com", OIDC_CLIENT_ID: "bellhop" },
  TURNSTILE_SITE_KEY: { TURNSTILE_SECRET_KEY: "secret" },
  TURNSTILE_SECRET_KEY: { TURNSTILE_SITE_KEY: "0x4AAAA" },
  ...Object.fromEntries(
    Object.keys(ENDPOINTS).map((name) => [name, { ...ENDPOINTS, TOKEN_AI_OIDC_CLIENT_ID: "bellhop" }]),
  ),
};

describe("settings", () => {
  it("have a default for everything: an empty environment starts", () => {
    const { config, warnings } = parseConfig({});
    assert.deepEqual(warnings, []);
    assert.equal(config.host, "127.0.0.1");
    assert.equal(config.port, 3002);
    assert.equal(config.baseUrl, "http://localhost:3002");
    assert.equal(config.trustedProxies, 0);
    assert.deepEqual(config.extraction, { instructionLimit: 2000, sectionLimit: 5000 });
    for (const absent of [config.databaseUrl, config.secret, config.signingKey, config.signIn.privy, config.smtp])
      assert.equal(absent, undefined);
  });

  it("cannot be changed once they are read", () => {
    const { config } = parseConfig({
      ...ACCEPTED,
      ...COMPANIONS["SMTP_URL"],
      ...COMPANIONS["OIDC_ISSUER"],
      ...COMPANIONS["TURNSTILE_SITE_KEY"],
    });
    for (const part of [config, config.extraction, config.signIn, config.signIn.privy, config.smtp, config.signingKey])
      assert.ok(part && Object.isFrozen(part));
  });

  it("change the configuration, each of them", () => {
    for (const [name, value] of Object.entries(ACCEPTED)) {
      const companions = COMPANIONS[name] ?? {};
      const { config } = parseConfig({ [name]: value, ...companions });
      assert.notDeepEqual(config, parseConfig({}).config, name);
    }
  });

  it("take an empty or blank value as unset, as a copied example file has them", () => {
    const blank = Object.fromEntries(settings.map(({ name }, index) => [name, index % 2 ? "" : "  "]));
    assert.deepEqual(parseConfig(blank), parseConfig({}));
  });

  it("follow the port in the default base address", () => {
    assert.equal(parseConfig({ PORT: "4000" }).config.baseUrl, "http://localhost:4000");
  });

  it("describe themselves: what for, and an example that is taken", () => {
    for (const { name, about, example } of settings) {
      assert.match(about, /^[A-Z].*\.$/s, name);
      assert.ok(example.length > 0, name);
      if (example.startsWith("the ")) continue;
      assert.deepEqual(problemsOf({ [name]: example, ...COMPANIONS[name] }), [], name);
    }
  });
});

describe("settings of the systems that Bellhop replaces", () => {
  const readable = new Set(settings.map(({ name }) => name));

  it("are each read, or answered with a warning that says what to do", () => {
    for (const name of DOCUMENTED) {
      if (readable.has(name)) continue;
      const { warnings } = parseConfig({ [name]: "anything at all" });
      assert.equal(warnings.length, 1, name);
      assert.match(
        warnings[0] ?? "",
        new RegExp(`^${name} (is replaced by|is not needed:|takes effect) .{10,}\\.$`),
        name,
      );
    }
  });

  it("never warn when they are read", () => {
    for (const name of DOCUMENTED.filter((documented) => ACCEPTED[documented])) {
      const { warnings } = parseConfig({ [name]: ACCEPTED[name], ...COMPANIONS[name] });
      assert.deepEqual(warnings, [], name);
    }
  });

  it("are not both read and retired", () => {
    assert.deepEqual(
      Object.keys(retired).filter((name) => readable.has(name)),
      [],
    );
  });

  it("never stop the start, all of them together, as a moved .env has them", () => {
    const environment = Object.fromEntries(
      DOCUMENTED.map((name) => [
        name,
        ACCEPTED[name] ?? Object.entries(ENDPOINTS).find(([own]) => own === name)?.[1] ?? "",
      ]),
    );
    environment["TOKEN_AI_OIDC_CLIENT_ID"] = "kept";
    for (const name of Object.keys(retired)) environment[name] = "kept from before";
    assert.equal(parseConfig(environment).config.baseUrl, "https://mcp.example.com");
  });
});

describe("the published address", () => {
  it("is the Dexter stack's TOKEN_AI_MCP_PUBLIC_URL before SERVER_BASE_URL, and says so", () => {
    const { config, warnings } = parseConfig({
      TOKEN_AI_MCP_PUBLIC_URL: "https://mcp.example.com/mcp/",
      SERVER_BASE_URL: "https://other.example.com",
    });
    assert.equal(config.baseUrl, "https://mcp.example.com");
    assert.deepEqual(warnings, ["SERVER_BASE_URL is not used: TOKEN_AI_MCP_PUBLIC_URL wins."]);
  });

  it("is kept as an origin without a trailing slash", () => {
    for (const given of ["https://Bellhop.Example.com/", "https://bellhop.example.com:443"])
      assert.equal(parseConfig({ SERVER_BASE_URL: given }).config.baseUrl, "https://bellhop.example.com");
  });

  it("may be plain http on this machine alone", () => {
    for (const local of ["http://localhost:3002", "http://127.0.0.1:1", "http://[::1]:3002", "http://app.localhost"])
      assert.deepEqual(problemsOf({ SERVER_BASE_URL: local }), [], local);
    for (const remote of [
      "http://bellhop.example.com",
      "http://127.0.0.1.evil.example",
      "http://localhost.evil.example",
    ])
      assert.deepEqual(problemsOf({ SERVER_BASE_URL: remote }), ["SERVER_BASE_URL"], remote);
  });

  it("has no path, query, fragment or user name", () => {
    for (const tail of ["/app", "/?", "/#", "?a=1", "/mcp"])
      assert.deepEqual(problemsOf({ SERVER_BASE_URL: `https://a.example${tail}` }), ["SERVER_BASE_URL"], tail);
    assert.deepEqual(problemsOf({ SERVER_BASE_URL: "https://me@a.example" }), ["SERVER_BASE_URL"]);
    assert.deepEqual(problemsOf({ TOKEN_AI_MCP_PUBLIC_URL: "https://a.example/other/mcp" }), [
      "TOKEN_AI_MCP_PUBLIC_URL",
    ]);
  });

  it("brings a warning when other machines are let in but only this one can follow it", () => {
    const { warnings } = parseConfig({ HOST: "0.0.0.0" });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^HOST .*SERVER_BASE_URL\.$/);
    assert.deepEqual(parseConfig({ HOST: "0.0.0.0", SERVER_BASE_URL: "https://a.example" }).warnings, []);
  });
});

describe("keys", () => {
  it("are taken as PEM in base64, and kept as PKCS #8 and SPKI", () => {
    const { config } = parseConfig({
      JWT_PRIVATE_KEY: base64(strong.privateKey),
      JWT_PUBLIC_KEY: base64(strong.publicKey),
    });
    assert.match(config.signingKey?.privateKey ?? "", /^-----BEGIN PRIVATE KEY-----/);
    assert.match(config.signingKey?.publicKey ?? "", /^-----BEGIN PUBLIC KEY-----/);
  });

  it("are one pair: the public half may be derived, but never differ", () => {
    const derived = parseConfig({ JWT_PRIVATE_KEY: base64(strong.privateKey) }).config.signingKey;
    const given = parseConfig({
      JWT_PRIVATE_KEY: base64(strong.privateKey),
      JWT_PUBLIC_KEY: base64(strong.publicKey),
    }).config.signingKey;
    assert.deepEqual(derived, given);
    const mixed = { JWT_PRIVATE_KEY: base64(strong.privateKey), JWT_PUBLIC_KEY: base64(other.publicKey) };
    assert.deepEqual(problemsOf(mixed), ["JWT_PUBLIC_KEY"]);
    assert.deepEqual(problemsOf({ JWT_PUBLIC_KEY: base64(strong.publicKey) }), ["JWT_PRIVATE_KEY"]);
  });

  it("are refused when they are weak or of another kind", () => {
    for (const weak of [base64(rsa(1024).privateKey), base64(ec("prime256v1")), "<base64-encoded-private-key>"])
      assert.deepEqual(problemsOf({ JWT_PRIVATE_KEY: weak }), ["JWT_PRIVATE_KEY"]);
    assert.deepEqual(problemsOf({ BELLHOP_SECRET: "x".repeat(31) }), ["BELLHOP_SECRET"]);
  });

  it("of Privy are taken as PEM, with its line breaks spelled out, or in base64", () => {
    const pem = ec("prime256v1");
    for (const form of [pem, pem.replaceAll("\n", String.raw`\n`), base64(pem)]) {
      const { config } = parseConfig({ PRIVY_APP_ID: "app", PRIVY_VERIFICATION_KEY: form });
      assert.equal(config.signIn.privy?.verificationKey, pem);
    }
    for (const foreign of [ec("secp384r1"), strong.publicKey, "none"])
      assert.deepEqual(problemsOf({ PRIVY_APP_ID: "app", PRIVY_VERIFICATION_KEY: foreign }), [
        "PRIVY_VERIFICATION_KEY",
      ]);
  });
});

describe("a setting that cannot be used", () => {
  const BAD = {
    HOST: "a host",
    PORT: "0x50",
    NODE_ENV: "staging",
    LOG_LEVEL: "loud",
    BELLHOP_TRUSTED_PROXIES: "-1",
    DATABASE_URL: "mysql://root:hunter2@db/bellhop",
    SMTP_URL: "https://mail:hunter2@example.com",
    MAIL_FROM: "Bellhop\r\nBcc: everyone@example.com",
    PRIVY_APP_ID: "../../hunter2",
    BELLHOP_SECRET: "hunter2",
    JWT_PRIVATE_KEY: "hunter2",
    SERVER_BASE_URL: "https://me:hunter2@example.com",
    EXTRACT_INTENT_SECTION_CHAR_LIMIT: "1e9",
  };

  it("is named with all the others, in one message", () => {
    assert.deepEqual(problemsOf(BAD).toSorted(), Object.keys(BAD).toSorted());
  });

  it("is told with why and an example, and its value is never repeated", () => {
    assert.throws(
      () => parseConfig(BAD),
      (error: Error) => {
        for (const name of Object.keys(BAD))
          assert.match(error.message, new RegExp(`^  ${name} .+\\. Example: .+$`, "m"));
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  });

  it("counts a mail server without a sender, and stands beside the malformed ones", () => {
    assert.deepEqual(problemsOf({ SMTP_URL: "smtp://mail.example.com", PORT: "x" }), ["PORT", "MAIL_FROM"]);
  });
});

describe("a setting that nobody knows", () => {
  it("brings a warning with the nearest name when it is meant for Bellhop", () => {
    assert.deepEqual(parseConfig({ BELLHOP_DATADIR: "/data" }).warnings, [
      "BELLHOP_DATADIR is not a setting; did you mean BELLHOP_DATA_DIR?",
    ]);
  });

  it("is left alone when it belongs to someone else", () => {
    assert.deepEqual(parseConfig({ PATH: "/bin", npm_config_loglevel: "warn", EDITOR: "ed" }).warnings, []);
  });

  it("brings a warning when it needs another one", () => {
    const pem = ec("prime256v1");
    assert.deepEqual(parseConfig({ MAIL_FROM: "a@example.com", PRIVY_VERIFICATION_KEY: pem }).warnings, [
      "PRIVY_VERIFICATION_KEY has no effect without PRIVY_APP_ID.",
      "MAIL_FROM has no effect without SMTP_URL.",
    ]);
  });
});
