import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import type { HumanCheck } from "../../kernel/ports/human-check.ts";

interface TurnstileParts {
  readonly siteKey: string;
  readonly secretKey: string;
  /** Where the service is. */
  readonly origin: string;
  /** The host name of our pages: a proof from another site is none. */
  readonly hostname: string;
  /** Milliseconds that it has to answer. */
  readonly timeoutMs?: number;
}

/** Longest response token that Cloudflare documents. */
const LONGEST_PROOF = 2048;
const TIMEOUT_MS = 8000;

const answerSchema = z.object({
  success: z.boolean(),
  hostname: z.string().optional(),
  action: z.string().optional(),
  "error-codes": z.array(z.string()).optional(),
});

type Answer = z.output<typeof answerSchema>;

const failed = (): AppError => new AppError("human_check_failed", "We could not tell that you are a person.");

const unavailable = (cause: unknown): AppError =>
  new AppError("unavailable", "The check that you are a person cannot be made right now.", { cause });

/** Says that our own settings are wrong: nothing about the person. */
const isOurFault = ({ "error-codes": codes = [] }: Answer): boolean => codes.some((code) => code.includes("-secret"));

/**
 * Cloudflare Turnstile (developers.cloudflare.com/turnstile, "Validate the token"): single use, 300 s, checked by the
 * service, and then by its host name and action here. Whatever goes wrong, nobody passes.
 */
export function createTurnstile(parts: TurnstileParts): HumanCheck {
  const { siteKey, secretKey, origin, hostname } = parts;
  const { timeoutMs = TIMEOUT_MS } = parts;

  async function ask(proof: string): Promise<Answer> {
    try {
      const response = await fetch(`${origin}/turnstile/v0/siteverify`, {
        method: "POST",
        body: new URLSearchParams({ secret: secretKey, response: proof }),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      return answerSchema.parse(await response.json());
    } catch (error) {
      // The library's error would quote the answer.
      throw unavailable(new Error(error instanceof Error ? error.name : "unknown"));
    }
  }

  return {
    page: { siteKey, scriptUrl: `${origin}/turnstile/v0/api.js?render=explicit` },
    async verify(proof, action) {
      if (proof === undefined || proof === "" || proof.length > LONGEST_PROOF) throw failed();
      const answer = await ask(proof);
      if (isOurFault(answer)) throw unavailable(new Error("TURNSTILE_SECRET_KEY is refused."));
      if (!answer.success || answer.hostname !== hostname || answer.action !== action) throw failed();
    },
  };
}
