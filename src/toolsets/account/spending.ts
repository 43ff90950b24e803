import type { Cap } from "../../kernel/caps.ts";

/** What a person has set, as far as a change may loosen it. */
export interface OwnLimits {
  readonly caps: readonly Cap[];
  readonly recipientsOnly: boolean;
}

/** What the account's actions need of the room that knows what may be spent, bound to the call's transaction. */
export interface Spending {
  /** What the person has set. Nobody else changes it before the transaction ends. */
  own(userId: string, now: Date): Promise<OwnLimits>;
  /** Replaces the whole list. Like all that follow, returns the version after it, which rises with every change. */
  setCaps(userId: string, caps: readonly Cap[], now: Date): Promise<number>;
  setRecipientsOnly(userId: string, recipientsOnly: boolean, now: Date): Promise<number>;
  /** @throws AppError `conflict` when the list is full. */
  addRecipient(
    userId: string,
    recipient: { readonly recipient: string; readonly label: string },
    now: Date,
  ): Promise<{ readonly version: number; readonly usableFrom: Date }>;
  /** Null when it was not on the list. */
  removeRecipient(userId: string, recipient: string, now: Date): Promise<number | null>;
}

/** The one button, bound to the call's transaction. */
export interface Pause {
  /** False when it was pressed before. */
  pause(userId: string, now: Date): Promise<boolean>;
  /** False when it was not pressed. */
  resume(userId: string): Promise<boolean>;
}

/** The same of the rooms that own the tables. Each uses only the handle that it is given. */
export interface SpendingParts<Handle> {
  readonly pause: {
    pause(handle: Handle, userId: string, now: Date): Promise<boolean>;
    resume(handle: Handle, userId: string): Promise<boolean>;
  };
  readonly spending: {
    own(handle: Handle, userId: string, now: Date): Promise<OwnLimits>;
    setCaps(handle: Handle, userId: string, caps: readonly Cap[], now: Date): Promise<number>;
    setRecipientsOnly(handle: Handle, userId: string, recipientsOnly: boolean, now: Date): Promise<number>;
    addRecipient(
      handle: Handle,
      userId: string,
      recipient: { readonly recipient: string; readonly label: string },
      now: Date,
    ): Promise<{ readonly version: number; readonly usableFrom: Date }>;
    removeRecipient(handle: Handle, userId: string, recipient: string, now: Date): Promise<number | null>;
  };
}

/** Binds them to the call's transaction. */
export const boundSpending = <Handle>(
  handle: Handle,
  { pause, spending }: SpendingParts<Handle>,
): { readonly pause: Pause; readonly spending: Spending } => ({
  pause: {
    pause: (userId, now) => pause.pause(handle, userId, now),
    resume: (userId) => pause.resume(handle, userId),
  },
  spending: {
    own: (userId, now) => spending.own(handle, userId, now),
    setCaps: (userId, caps, now) => spending.setCaps(handle, userId, caps, now),
    setRecipientsOnly: (userId, only, now) => spending.setRecipientsOnly(handle, userId, only, now),
    addRecipient: (userId, recipient, now) => spending.addRecipient(handle, userId, recipient, now),
    removeRecipient: (userId, recipient, now) => spending.removeRecipient(handle, userId, recipient, now),
  },
});

/** What these actions have in common: a change that the person makes in their own browser, and can take back. */
export const changes = {
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
} as const;
