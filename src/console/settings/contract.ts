import { type Guarded, isFlag, isListOf, isNullOr, isShape, isText } from "../../ui/guards.ts";

const isPasskey = isShape({ id: isText, label: isText, createdAt: isText, lastUsedAt: isNullOr(isText) });
/** A passkey of the person's. */
export type Passkey = Guarded<typeof isPasskey>;

export const isPasskeyList = isShape({ passkeys: isListOf(isPasskey) });

const isBrowser = isShape({ id: isText, label: isText, createdAt: isText });
/** A browser that gets a push. */
export type ToldBrowser = Guarded<typeof isBrowser>;

export const isNotices = isShape({
  email: isFlag,
  address: isNullOr(isText),
  browsers: isListOf(isBrowser),
  pushKey: isText,
});
/** How the person is told of what waits for them. */
export type Notices = Guarded<typeof isNotices>;

/** A browser that was added just now. */
export const isAddedBrowser = isShape({ id: isText });
