import * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { randomToken } from "../kernel/ids.ts";
import type { CodeWay, IdentityProvider } from "../kernel/ports/identity.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import { createSealer } from "../kernel/seal.ts";
import { triesOfProviderCode } from "./sign-in-limits.ts";

interface CountedParts {
  readonly masterSecret: string;
  readonly limits: LimitsPort;
}

const keptSchema = z.object({ id: z.string(), challenge: z.string(), endsAt: z.number() });

const refused = (): AppError => new AppError("invalid_code", "This code is wrong, used, or no longer valid.");

/**
 * A provider whose codes are guessed as seldom as our own: each that it sends gets a challenge of ours, sealed, which
 * bears a few tries whoever makes them, and ends when the code does. Else anyone could try codes for any address,
 * from as many networks as they have: many providers count guesses by address, and all of ours come from this server.
 */
export function withCountedCodes(provider: IdentityProvider, { masterSecret, limits }: CountedParts): IdentityProvider {
  const { codes } = provider;
  if (codes === undefined) return provider;
  const sealer = createSealer(masterSecret, "accounts/provider-code");

  const begin: CodeWay["begin"] = async (address, departure, now) => {
    const { challenge, expiresAt } = await codes.begin(address, departure, now);
    const kept = JSON.stringify({ id: randomToken(16), challenge, endsAt: expiresAt.getTime() });
    return { challenge: sealer.seal(kept, provider.id).toString("base64url"), expiresAt };
  };

  /** Null for a challenge that this server did not give. */
  function open(challenge: string): z.output<typeof keptSchema> | null {
    try {
      return keptSchema.parse(JSON.parse(sealer.open(Buffer.from(challenge, "base64url"), provider.id)));
    } catch {
      return null;
    }
  }

  async function tried(given: string, now: Date): Promise<string> {
    const kept = open(given);
    if (kept === null || kept.endsAt <= now.getTime()) throw refused();
    // What is used up is answered like any other code: by the next step, which is to ask for a new one.
    await limits.take(triesOfProviderCode, kept.id).catch((error: unknown) => {
      throw error instanceof AppError && error.code === "rate_limited" ? refused() : error;
    });
    return kept.challenge;
  }

  return {
    ...provider,
    codes: { ...codes, begin },
    async verify(proof, now) {
      if (!("code" in proof)) return provider.verify(proof, now);
      return provider.verify({ ...proof, challenge: await tried(proof.challenge, now) }, now);
    },
  };
}
