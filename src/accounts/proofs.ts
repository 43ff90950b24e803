import * as z from "zod";
import type { IdentityProvider, Proof } from "../kernel/ports/identity.ts";

/** One way to prove an identity over HTTP: where the proof goes, what it looks like, who verifies it. */
export interface Way {
  /** Under `/api/sign-in/` and `/api/identities/`. */
  readonly path: string;
  readonly provider: IdentityProvider;
  readonly proof: z.ZodType<Proof>;
}

const codeProof = z.object({ challenge: z.string().max(200), code: z.string().max(40) });
/** A challenge that names an address is longer. */
const providerCodeProof = codeProof.extend({ challenge: z.string().max(1000) });
const tokenProof = z.object({ token: z.string().max(16_384) });

/** Every way in that our own pages finish: codes by mail, and tokens under their provider's name. */
export const waysIn = (email: IdentityProvider | null, providers: readonly IdentityProvider[]): readonly Way[] => [
  ...(email ? [{ path: `${email.id}/verify`, provider: email, proof: codeProof }] : []),
  ...providers
    .filter(({ codes }) => codes !== undefined)
    .map((provider) => ({ path: `${provider.id}/verify`, provider, proof: providerCodeProof })),
  ...providers
    .filter(({ takesTokens }) => takesTokens)
    .map((provider) => ({ path: provider.id, provider, proof: tokenProof })),
];
