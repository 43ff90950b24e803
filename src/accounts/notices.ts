import type { Database, Handle } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import type { MailMessage, MailPort } from "../kernel/ports/mail.ts";
import type { PushMessage, PushPort } from "../kernel/ports/notify.ts";
import { type ApprovalNotice, approvalMessage, trialMessage } from "./approval-message.ts";
import { createPushKeys } from "./push-keys.ts";
import { approvalPayload, securityPayload, trialPayload } from "./push-payload.ts";
import {
  type NoticeBrowser,
  deleteBrowser,
  deleteSilentBrowsers,
  listBrowsers,
  noteDelivery,
  noteFailure,
  provenAddresses,
  saveBrowser,
  saveChoice,
  wantsMail,
} from "./records/notices.ts";
import { type LinkFacts, type SecurityKind, securityMessage } from "./security-message.ts";

interface NoticeParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly mail: MailPort;
  readonly push: PushPort;
  readonly masterSecret: string;
}

/** How a person is told. */
interface NoticeChoices {
  readonly email: boolean;
  /** Null when no address of theirs was proven by our own code. */
  readonly address: string | null;
  readonly browsers: readonly NoticeBrowser[];
  /** The public key to subscribe with (RFC 8292 §4). */
  readonly pushKey: string;
}

/** What took a notice. */
interface Reached {
  readonly mail: boolean;
  /** How many browsers. */
  readonly browsers: number;
}

/** The facts of an approval that a notice tells. */
export interface AskedApproval extends Pick<ApprovalNotice, "title" | "sentence" | "clientName" | "expiresAt"> {
  /** True while it can be decided. */
  readonly pending: boolean;
}

/** An event of a person's account, a member of which says who is told of it by mail. */
interface AccountEvent {
  readonly kind: SecurityKind;
  readonly userId: string;
  /** Of what it is about, a UUID. */
  readonly ref: string;
}

/** Has a person told of what happens to their account: once the transaction has committed, and not if it does not. */
export type TellLater = (
  handle: Handle,
  /** @param mailTo where nothing is said, to {@link securityAddresses} as they are at that moment of the transaction. */
  of: AccountEvent & { readonly mailTo?: readonly string[] },
) => Promise<void>;

/** Attackers add theirs last: the oldest are told, however many there are. */
const MOST_ADDRESSES = 10;

/**
 * Who is told by mail of what happens to a person's account: each address that they proved. Looked for when it happens, since
 * whoever came in would else change it before a mail is sent.
 */
export const securityAddresses = async (handle: Handle, userId: string): Promise<readonly string[]> =>
  (await provenAddresses(handle, userId)).slice(0, MOST_ADDRESSES);

/** @param put keeps what is to be told with the transaction of the handle. */
export const tellingLater =
  (put: (handle: Handle, of: Required<Parameters<TellLater>[1]>) => Promise<void>): TellLater =>
  async (handle, { mailTo, ...event }) =>
    put(handle, { ...event, mailTo: mailTo ?? (await securityAddresses(handle, event.userId)) });

/** One thing to tell by one way. */
interface Telling {
  readonly userId: string;
  /** Of what it is about. */
  readonly ref: string;
  /** When it happened. */
  readonly at: Date;
  /** Where a mail goes, if that was fixed when it happened. */
  readonly recipient: string | null;
}

/** Tells one kind of thing. Told twice, a browser shows it once. */
interface NoticeSender {
  /** @throws AppError `unavailable` when the mail was not taken and may be later. */
  mail(telling: Telling): Promise<void>;
  /** Who has no browser is told nothing. @throws AppError `unavailable` when no push service took it that may take it later. */
  push(telling: Telling): Promise<void>;
}

/** Tells people of what waits for them, and of what happened to their account, by mail and in their browsers. */
export interface Notices {
  choices(userId: string): Promise<NoticeChoices>;
  /**
   * Tells of an approval: by mail who wants mail, at the address that they have then.
   * @param approvalOf its facts as they are now: what was decided meanwhile is told to nobody.
   */
  approvals(approvalOf: (userId: string, id: string) => Promise<AskedApproval | null>): NoticeSender;
  /**
   * Tells of what happened to an account: by mail whatever they chose, since who came in could else do so first unseen.
   * @param linkOf the facts of a link, while there are any.
   */
  security(kind: SecurityKind, linkOf?: (userId: string, id: string) => Promise<LinkFacts | undefined>): NoticeSender;
  /** A notice to try, to everywhere. @throws AppError `unavailable` when nothing took it that may take it later. */
  tryOut(userId: string): Promise<Reached>;
  sweep(): Promise<void>;
}

const WEEK_SECONDS = 7 * 24 * 3600;
const TRIAL_SECONDS = 600;

const notTaken = (): AppError => new AppError("unavailable", "No push service took the notice.");

/** The two ways to tell a person. */
function createWays(parts: NoticeParts, keys: Pick<ReturnType<typeof createPushKeys>, "open">) {
  const { clock } = parts;
  const { handle } = parts.database;

  /** @returns how many of the person's browsers a push service took it for. @throws AppError as {@link NoticeSender.push}. */
  async function pushAll(userId: string, message: PushMessage): Promise<number> {
    const browsers = await listBrowsers(handle, userId);
    if (browsers.length === 0) return 0;
    const pair = await keys.open();
    const tries = await Promise.allSettled(browsers.map((browser) => parts.push.send(browser, message, pair)));
    for (const [index, { id }] of browsers.entries()) {
      const result = tries[index];
      if (result?.status !== "fulfilled") await noteFailure(handle, id);
      else if (result.value === "gone") await deleteBrowser(handle, userId, id);
      else await noteDelivery(handle, id, clock());
    }
    const sent = tries.filter((result) => result.status === "fulfilled" && result.value === "sent").length;
    if (sent === 0 && tries.some(({ status }) => status === "rejected")) throw notTaken();
    return sent;
  }

  /** To who wants mail. @returns whether there was somebody. */
  async function mailOne(userId: string, messageTo: (address: string) => MailMessage): Promise<boolean> {
    const [address] = (await wantsMail(handle, userId)) ? await provenAddresses(handle, userId) : [];
    if (address !== undefined) await parts.mail.send(messageTo(address));
    return address !== undefined;
  }

  return { pushAll, mailOne };
}

/** The ways to tell a person that this room has. */
type Ways = ReturnType<typeof createWays>;

/** 32 of base64url at most (RFC 8030 §5.4): the hexadecimal digits of the id. */
const topicOf = ({ id }: { readonly id: string }): string => id.replaceAll("-", "");

/** To both ways at once, since a push service that is silent must not hold up a mail. */
async function tryBoth({ pushAll, mailOne }: Ways, userId: string, baseUrl: string): Promise<Reached> {
  const [pushed, mailed] = await Promise.allSettled([
    pushAll(userId, { payload: trialPayload(), topic: "trial", ttlSeconds: TRIAL_SECONDS }),
    mailOne(userId, (address) => trialMessage(address, baseUrl)),
  ]);
  if (mailed.status === "rejected") throw mailed.reason;
  if (!mailed.value && pushed.status === "rejected") throw pushed.reason;
  return { mail: mailed.value, browsers: pushed.status === "fulfilled" ? pushed.value : 0 };
}

/** Builds what tells people. */
export function createNotices(parts: NoticeParts): Notices {
  const { clock, baseUrl } = parts;
  const { handle } = parts.database;
  const keys = createPushKeys(parts);
  const ways = createWays(parts, keys);

  return {
    approvals(approvalOf) {
      const noticeOf = async ({ userId, ref }: Telling): Promise<ApprovalNotice | null> => {
        const asked = await approvalOf(userId, ref);
        if (!asked?.pending || asked.expiresAt <= clock()) return null;
        const { title, sentence, clientName, expiresAt } = asked;
        return { id: ref, title, sentence, clientName, url: `${baseUrl}/app/approvals/${ref}`, expiresAt };
      };
      return {
        async mail(telling) {
          const notice = await noticeOf(telling);
          if (notice) await ways.mailOne(telling.userId, (address) => approvalMessage(address, notice, baseUrl));
        },
        async push(telling) {
          const notice = await noticeOf(telling);
          if (!notice) return;
          const ttlSeconds = Math.floor((notice.expiresAt.getTime() - clock().getTime()) / 1000);
          await ways.pushAll(telling.userId, { payload: approvalPayload(notice), topic: topicOf(notice), ttlSeconds });
        },
      };
    },
    security: (kind, linkOf) => ({
      async mail({ userId, ref: id, at, recipient }) {
        const proven = await provenAddresses(handle, userId);
        const address = recipient ?? proven[0];
        if (address === undefined) return;
        const [link, stillTheirs] = [await linkOf?.(userId, id), proven.includes(address)];
        await parts.mail.send(securityMessage(address, { kind, id, at, link, stillTheirs }, baseUrl));
      },
      async push({ userId, ref: id }) {
        const message = { payload: securityPayload({ kind, id }), topic: topicOf({ id }), ttlSeconds: WEEK_SECONDS };
        await ways.pushAll(userId, message);
      },
    }),
    async choices(userId) {
      const [address = null] = await provenAddresses(handle, userId);
      const email = await wantsMail(handle, userId);
      return { email, address, browsers: await listBrowsers(handle, userId), pushKey: await keys.publicKey() };
    },
    tryOut: (userId) => tryBoth(ways, userId, baseUrl),
    sweep: () => deleteSilentBrowsers(handle, after(clock(), -WEEK_SECONDS)),
  };
}

/** What the registry's actions change of how a person is told, each by the handle of its call alone. */
export const noticeActions = (requireUsable: PushPort["requireUsable"]) => ({
  choose: (handle: Handle, userId: string, { email }: { readonly email: boolean }) => saveChoice(handle, userId, email),
  async addBrowser(
    handle: Handle,
    userId: string,
    browser: { readonly endpoint: string; readonly p256dh: string; readonly auth: string; readonly label: string },
    now: Date,
  ) {
    requireUsable(browser);
    return saveBrowser(handle, userId, browser, now);
  },
  removeBrowser: deleteBrowser,
});

/** What the room keeps of how a person is told: what reaches their browsers leaves this server for nobody. */
export const noticesData: PersonalData<Handle> = {
  name: "notices",
  async exportOf(handle, userId) {
    const browsers = await listBrowsers(handle, userId);
    return {
      email: await wantsMail(handle, userId),
      browsers: browsers.map(({ label, createdAt }) => ({ label, createdAt: createdAt.toISOString() })),
    };
  },
};
