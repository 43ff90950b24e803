/** A browser as its push service knows it (Push API §8): who holds all three can reach the person, so they are secrets. */
export interface PushTarget {
  /** Https address at the push service. A browser names it, so it is a stranger's word. */
  readonly endpoint: string;
  /** The browser's public key, uncompressed P-256, base64url (RFC 8291 §2.1). */
  readonly p256dh: string;
  /** The secret shared with the browser, 16 bytes, base64url (RFC 8291 §3.2). */
  readonly auth: string;
}

/** The key pair by which push services know this server (RFC 8292 §2), P-256, base64url. */
export interface PushKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** One message to one browser. */
export interface PushMessage {
  /** JSON; the push service never sees it. At most 3,000 bytes. */
  readonly payload: string;
  /** A later message of the same topic takes the place of one that still waits (RFC 8030 §5.4); 32 of base64url. */
  readonly topic: string;
  /** How long it is worth delivering. */
  readonly ttlSeconds: number;
}

/** The way a browser is told while nobody looks at it. */
export interface PushPort {
  /** @throws AppError `invalid_request` for a target that no push service and no browser can have. */
  requireUsable(target: PushTarget): void;
  /**
   * Hands a message to the browser's push service.
   * @returns `gone` when the browser has ended its subscription: it never comes back.
   * @throws AppError `rate_limited`, `unavailable` when it may work later; `invalid_request` for an inner address.
   */
  send(target: PushTarget, message: PushMessage, keys: PushKeys): Promise<"sent" | "gone">;
}
