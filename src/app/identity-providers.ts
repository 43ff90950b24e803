import { createTurnstile } from "../adapters/human/turnstile.ts";
import { createOidcIdentity } from "../adapters/identity/oidc.ts";
import { createPrivyIdentity } from "../adapters/identity/privy.ts";
import { createProviderFetch } from "../adapters/identity/provider-fetch.ts";
import { createSupabaseIdentity } from "../adapters/identity/supabase.ts";
import type { Config } from "../config/config.ts";
import { outsideTransactions } from "../database/transaction-scope.ts";
import type { HumanCheck } from "../kernel/ports/human-check.ts";
import type { IdentityProvider } from "../kernel/ports/identity.ts";

/** The ways in that are set, in the order in which the page offers them. */
export function identityProviders({ signIn, baseUrl }: Config): readonly IdentityProvider[] {
  const { privy, supabase, oidc, providerTimeoutMs } = signIn;
  const send = createProviderFetch(providerTimeoutMs);
  const ownOrigin = new URL(baseUrl).origin;
  const providers = [
    ...(oidc ? [createOidcIdentity({ ...oidc, ownOrigin, send })] : []),
    ...(supabase ? [createSupabaseIdentity({ ...supabase, send })] : []),
    ...(privy ? [createPrivyIdentity({ ...privy, send })] : []),
  ];
  return providers.map(outsideTransactions);
}

/** The check that a person asks for a code, where one is set. */
export function humanCheckOf({ signIn, baseUrl }: Config): HumanCheck | undefined {
  const { turnstile } = signIn;
  return turnstile && outsideTransactions(createTurnstile({ ...turnstile, hostname: new URL(baseUrl).hostname }));
}

/** Privy's own service, which every script for it has to ask (docs.privy.io, "Content Security Policies"). */
const PRIVY = "https://auth.privy.io";

/** Whom the console's pages may work with to sign people in: each origin only where its setting is given. */
export function outsideOf({ signIn }: Config) {
  const { privy, turnstile } = signIn;
  const check = turnstile ? [turnstile.origin] : [];
  const script = privy?.scriptUrl === undefined ? [] : [new URL(privy.scriptUrl).origin];
  const service = script.length > 0 ? [PRIVY] : [];
  return {
    scripts: [...check, ...script],
    connections: [...script, ...service],
    frames: [...check, ...script, ...service],
  };
}
