import type { Handle } from "../database/handle.ts";
import type { Targets } from "../kernel/ports/tell.ts";
import { listBrowsers, provenAddresses } from "./records/notices.ts";
import type { SecurityKind } from "./security-message.ts";

/** Who is told of what happens to a person's account. */
interface Told {
  readonly to: Targets;
  /** What leads or reaches them no more after it: told that however much else was told. */
  readonly going: Targets;
}

/** What happened to a person's account. */
interface AccountEvent {
  readonly kind: SecurityKind;
  readonly userId: string;
  /** Of what it is about, a UUID. */
  readonly ref: string;
  /** {@link securityTargets} where nothing is said. They are looked for before, where one of them goes. */
  readonly told?: Told;
}

/** Has a person told of what happens to their account: once the transaction has committed, and not if it does not. */
export type TellLater = (handle: Handle, event: AccountEvent) => Promise<void>;

/** What is kept with the transaction of a handle, until it is told. */
interface ToKeep extends Omit<AccountEvent, "told"> {
  readonly to: Targets;
  readonly mostAnHour?: number;
}

/** Whoever came in adds theirs last: the oldest are told, however many there are. */
const MOST_ADDRESSES = 10;
/** Of one kind to one person. Who hears of so many knows enough, and the one that counts is not lost among more. */
const MOST_AN_HOUR = 20;

const browserIds = async (handle: Handle, userId: string): Promise<readonly string[]> =>
  (await listBrowsers(handle, userId)).map(({ id }) => id);

/**
 * Who is told of what happens to a person's account: each address that they proved, and each browser that shows their notices.
 * Looked for when it happens, since whoever came in would else change it before it is told.
 * @param going the identity, or the browser, that is removed.
 */
export async function securityTargets(handle: Handle, userId: string, going?: string): Promise<Told> {
  const proven = await provenAddresses(handle, userId);
  const browsers = await browserIds(handle, userId);
  const stays = proven.filter(({ id }, index) => index < MOST_ADDRESSES && id !== going);
  const goes = proven.filter(({ id }) => id === going);
  return {
    to: { mail: stays.map(({ address }) => address), push: browsers.filter((id) => id !== going) },
    going: { mail: goes.map(({ address }) => address), push: browsers.filter((id) => id === going) },
  };
}

/** Who is told of what waits for a person: the browsers that they have now, and by mail whom they then want it to reach. */
export const approvalTargets = async (handle: Handle, userId: string): Promise<Targets> => ({
  mail: [null],
  push: await browserIds(handle, userId),
});

/** @param put keeps what is to be told with the transaction of the handle. */
export const tellingLater =
  (put: (handle: Handle, of: ToKeep) => Promise<void>): TellLater =>
  async (handle, { told, ...event }) => {
    const { to, going } = told ?? (await securityTargets(handle, event.userId));
    await put(handle, { ...event, to, mostAnHour: MOST_AN_HOUR });
    await put(handle, { ...event, to: going });
  };
