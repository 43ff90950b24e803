/** What must never be printed, and the one way that text of a stranger reaches the terminal. */
export interface Secrets {
  /** Remembers a value that no output may hold, and gives it back. */
  hide<T extends string | undefined>(value: T): T;
  /** The text without any hidden value, without control characters, and not longer than a few lines. */
  clean(text: string): string;
}

const LONGEST = 600;
/** A shorter value is no secret, and hiding it would blank out ordinary words. */
const SHORTEST_SECRET = 6;

/** Control, format and bidirectional characters could rewrite what stands in the terminal. */
const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** Members of answers and addresses that hold secrets, wherever they come from. */
const NAMED =
  /(\b(?:access_token|refresh_token|id_token|client_secret|code|code_verifier|state|registration_access_token|request)["']?\s*[=:]\s*["']?)([\w.~+/%-]{6,})/gi;

/** A JWT, or the beginning of one. */
const JWT = /eyJ[\w-]{8,}(?:\.[\w-]*)*/g;

/** Starts with nothing to hide. */
export function createSecrets(): Secrets {
  const hidden = new Set<string>();
  return {
    hide(value) {
      if (value !== undefined && value.length >= SHORTEST_SECRET) {
        hidden.add(value);
        hidden.add(encodeURIComponent(value));
      }
      return value;
    },
    clean(text) {
      // The longest first, so that no secret that holds another one stays in part.
      const all = [...hidden].toSorted((a, b) => b.length - a.length);
      const safe = all.reduce((rest, secret) => rest.replaceAll(secret, "[hidden]"), text);
      return shortened(plain(safe.replaceAll(NAMED, "$1[hidden]").replaceAll(JWT, "[hidden]")).trim());
    },
  };
}
