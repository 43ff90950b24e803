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
  readonly logLevel: "debug" | "info" | "warn" | "error";
}
