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
  provenAddress,
  saveBrowser,
  saveChoice,
  wantsMail,
} from "./records/notices.ts";
import { type SecurityKind, type SecurityNotice, securityMessage } from "./security-message.ts";

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

/** Has a person told of what happens to their account: once the transaction has committed, and not if it does not. */
export type TellLater = (
  handle: Handle,
  of: { readonly kind: SecurityKind; readonly userId: string; readonly ref: string },
) => Promise<void>;

/** Tells people of what waits for them, and of what happened to their account, by mail and in their browsers. */
export interface Notices {
  choices(userId: string): Promise<NoticeChoices>;
  /**
   * Tells a person everywhere they want to be told. Who is told nowhere is told nowhere.
   * @throws AppError `unavailable` when nothing took it that may take it later: tell again then. Told twice, a browser
   * shows it once.
   */
  tell(userId: string, notice: ApprovalNotice): Promise<void>;
  /**
   * Tells a person of what happened to their account: in their browsers, and by mail whatever they chose. Who came in could
   * else do so first unseen. @throws AppError as {@link tell}.
   */
  tellSecurity(userId: string, notice: SecurityNotice): Promise<void>;
  /** A notice to try, to everywhere. @throws AppError as {@link tell}. */
  tryOut(userId: string): Promise<Reached>;
  /**
   * What the outbox calls with what it kept of an approval: the person and the approval's id.
   * @param approvalOf its facts as they are now: what was decided meanwhile is told to nobody.
   */
  deliver(
    approvalOf: (userId: string, id: string) => Promise<AskedApproval | null>,
  ): (userId: string, ref: string) => Promise<void>;
  sweep(): Promise<void>;
}

interface Words {
  readonly push: PushMessage;
  /** True where the mail is sent to who wants none, too. */
  readonly mailsAnyway?: boolean;
  mailTo(address: string): MailMessage;
}

const WEEK_SECONDS = 7 * 24 * 3600;
const TRIAL_SECONDS = 600;

/** The two ways to tell a person. @returns what tells them by both. */
function createTeller(parts: NoticeParts, keys: Pick<ReturnType<typeof createPushKeys>, "open">) {
  const { clock } = parts;
  const { handle } = parts.database;

  /** How many of the person's browsers a push service took it for; null when each failed and may work later. */
  async function pushAll(userId: string, message: PushMessage): Promise<number | null> {
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
    return sent === 0 && tries.some(({ status }) => status === "rejected") ? null : sent;
  }

  async function mailOne(userId: string, { mailTo, mailsAnyway = false }: Words): Promise<boolean> {
    const mails = mailsAnyway || (await wantsMail(handle, userId));
    const address = mails ? await provenAddress(handle, userId) : null;
    if (address !== null) await parts.mail.send(mailTo(address));
    return address !== null;
  }

  /**
   * Both ways at once, since a push service that is silent must not hold up a mail. When the mail fails all of it is done
   * again, and a browser shows one topic once. A mail that was taken is told enough, whatever became of the push: done again,
   * it would be a second mail.
   */
  async function tellBy(userId: string, words: Words): Promise<Reached> {
    const [pushed, mailed] = await Promise.allSettled([pushAll(userId, words.push), mailOne(userId, words)]);
    if (mailed.status === "rejected") throw mailed.reason;
    if (!mailed.value && pushed.status === "rejected") throw pushed.reason;
    const browsers = pushed.status === "fulfilled" ? pushed.value : null;
    if (!mailed.value && browsers === null) throw new AppError("unavailable", "No push service took the notice.");
    return { mail: mailed.value, browsers: browsers ?? 0 };
  }

  return tellBy;
}

/** 32 of base64url at most (RFC 8030 §5.4): the hexadecimal digits of the id. */
const topicOf = ({ id }: { readonly id: string }): string => id.replaceAll("-", "");

/** Builds what tells people. */
export function createNotices(parts: NoticeParts): Notices {
  const { clock, baseUrl } = parts;
  const { handle } = parts.database;
  const keys = createPushKeys(parts);
  const tellBy = createTeller(parts, keys);

  async function tell(userId: string, notice: ApprovalNotice): Promise<void> {
    const ttlSeconds = Math.floor((notice.expiresAt.getTime() - clock().getTime()) / 1000);
    if (ttlSeconds <= 0) return;
    const push = { payload: approvalPayload(notice), topic: topicOf(notice), ttlSeconds };
    await tellBy(userId, { push, mailTo: (address) => approvalMessage(address, notice, baseUrl) });
  }

  return {
    tell,
    async tellSecurity(userId, notice) {
      const push = { payload: securityPayload(notice), topic: topicOf(notice), ttlSeconds: WEEK_SECONDS };
      await tellBy(userId, {
        push,
        mailsAnyway: true,
        mailTo: (address) => securityMessage(address, notice, baseUrl),
      });
    },
    async choices(userId) {
      const [email, address] = [await wantsMail(handle, userId), await provenAddress(handle, userId)];
      return { email, address, browsers: await listBrowsers(handle, userId), pushKey: await keys.publicKey() };
    },
    tryOut: (userId) =>
      tellBy(userId, {
        push: { payload: trialPayload(), topic: "trial", ttlSeconds: TRIAL_SECONDS },
        mailTo: (address) => trialMessage(address, baseUrl),
      }),
    deliver: (approvalOf) => async (userId, ref) => {
      const asked = await approvalOf(userId, ref);
      if (!asked?.pending) return;
      const { title, sentence, clientName, expiresAt } = asked;
      const url = `${baseUrl}/app/approvals/${ref}`;
      await tell(userId, { kind: "approval", id: ref, title, sentence, clientName, url, expiresAt });
    },
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
