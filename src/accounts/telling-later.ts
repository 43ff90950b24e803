import type { Handle } from "../database/handle.ts";
import type { Targets } from "../kernel/ports/tell.ts";
import { listBrowsers, provenAddresses } from "./records/notices.ts";
import type { SecurityKind } from "./security-message.ts";

/** What happened to a person's account. */
interface AccountEvent {
  readonly kind: SecurityKind;
  readonly userId: string;
  /** Of what it is about, a UUID. */
  readonly ref: string;
  /** Who is told: {@link securityTargets} where nothing is said. Looked for before, where it is a target that goes. */
  readonly to?: Targets;
}

/** Has a person told of what happens to their account: once the transaction has committed, and not if it does not. */
export type TellLater = (handle: Handle, event: AccountEvent) => Promise<void>;

/** What is kept with the transaction of a handle, until it is told. */
export type ToKeep = Required<AccountEvent> & { readonly mostAnHour: number };

/** Whoever came in adds theirs last: the oldest are told, however many there are. */
const MOST_ADDRESSES = 10;
/** Of one kind to one person. Who hears of so many knows enough, and the one that counts is not lost among more. */
const MOST_AN_HOUR = 20;

const browserIds = async (handle: Handle, userId: string): Promise<readonly string[]> =>
  (await listBrowsers(handle, userId)).map(({ id }) => id);

/**
 * Who is told of what happens to a person's account: each address that they proved, and each browser that shows their notices.
 * Looked for when it happens, since whoever came in would else change it before it is told.
 * @param going the identity that is removed, whose address is told too.
 */
export async function securityTargets(handle: Handle, userId: string, going?: string): Promise<Targets> {
  const proven = await provenAddresses(handle, userId);
  const told = proven.filter(({ id }, index) => index < MOST_ADDRESSES || id === going);
  return { mail: told.map(({ address }) => address), push: await browserIds(handle, userId) };
}

/** Who is told of what waits for a person: the browsers that they have now, and by mail whom they then want it to reach. */
export const approvalTargets = async (handle: Handle, userId: string): Promise<Targets> => ({
  mail: [null],
  push: await browserIds(handle, userId),
});

/** @param put keeps what is to be told with the transaction of the handle. */
export const tellingLater =
  (put: (handle: Handle, event: ToKeep) => Promise<void>): TellLater =>
  async (handle, { to, ...event }) =>
    put(handle, { ...event, to: to ?? (await securityTargets(handle, event.userId)), mostAnHour: MOST_AN_HOUR });
