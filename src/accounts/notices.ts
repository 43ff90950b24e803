import type { Database, Handle } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import type { MailMessage, MailPort } from "../kernel/ports/mail.ts";
import type { PushMessage, PushPort } from "../kernel/ports/notify.ts";
import type { Teller, Telling } from "../kernel/ports/tell.ts";
import { sha256 } from "../kernel/seal.ts";
import { type ApprovalNotice, approvalMessage, trialMessage } from "./approval-message.ts";
import { createPushKeys } from "./push-keys.ts";
import { approvalPayload, securityPayload, trialPayload } from "./push-payload.ts";
import {
  type KeptBrowser,
  type NoticeBrowser,
  deleteSilentBrowsers,
  findBrowser,
  forgetBrowser,
  keptBrowsers,
  listBrowsers,
  noteDelivery,
  noteFailure,
  provenAddresses,
  removeBrowser,
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

/** Tells people of what waits for them, and of what happened to their account, by mail and in their browsers. */
export interface Notices {
  choices(userId: string): Promise<NoticeChoices>;
  /**
   * Tells of an approval: by mail who wants mail, at the address that they have then. Told twice, a browser shows it once. The
   * teller throws AppError `unavailable` when nothing took it that may take it later.
   * @param approvalOf its facts as they are now: what was decided meanwhile is told to nobody.
   */
  approvals(approvalOf: (userId: string, id: string) => Promise<AskedApproval | null>): Teller;
  /**
   * Tells of what happened to an account: by mail whatever they chose, since who came in could else do so first unseen.
   * @param linkOf the facts of a link, while there are any.
   */
  security(kind: SecurityKind, linkOf?: (userId: string, id: string) => Promise<LinkFacts | undefined>): Teller;
  /** A notice to try, to everywhere. @throws AppError `unavailable` when nothing took it that may take it later. */
  tryOut(userId: string): Promise<Reached>;
  sweep(): Promise<void>;
}

const WEEK_SECONDS = 7 * 24 * 3600;
const TRIAL_SECONDS = 600;

/** The two media by which a person is told. */
function createMedia(parts: NoticeParts, keys: Pick<ReturnType<typeof createPushKeys>, "open">) {
  const { clock } = parts;
  const { handle } = parts.database;

  /** @returns how many a push service took it for. @throws AppError `unavailable` when none did that may do so later. */
  async function pushTo(userId: string, browsers: readonly KeptBrowser[], message: PushMessage): Promise<number> {
    if (browsers.length === 0) return 0;
    const pair = await keys.open();
    const tries = await Promise.allSettled(browsers.map((browser) => parts.push.send(browser, message, pair)));
    for (const [index, { id }] of browsers.entries()) {
      const result = tries[index];
      if (result?.status !== "fulfilled") await noteFailure(handle, id);
      else if (result.value === "gone") await forgetBrowser(handle, userId, id);
      else await noteDelivery(handle, id, clock());
    }
    const sent = tries.filter((result) => result.status === "fulfilled" && result.value === "sent").length;
    if (sent > 0 || tries.every(({ status }) => status === "fulfilled")) return sent;
    throw new AppError("unavailable", "No push service took the notice.");
  }

  return {
    /** To all browsers of a person. */
    pushAll: async (userId: string, message: PushMessage): Promise<number> =>
      pushTo(userId, await listBrowsers(handle, userId), message),
    /** To the browser that it is for, while that is there. @param removedToo whether it is told when its person has removed it. */
    async pushOne({ userId, target }: Telling, message: PushMessage, removedToo: boolean): Promise<void> {
      const browsers = target === null ? await listBrowsers(handle, userId) : await findBrowser(handle, userId, target);
      await pushTo(
        userId,
        browsers.filter(({ removedAt }) => removedToo || removedAt === null),
        message,
      );
    },
    /** To who wants mail. @returns whether there was somebody. */
    async mailOne(userId: string, messageTo: (address: string) => MailMessage): Promise<boolean> {
      const [first] = (await wantsMail(handle, userId)) ? await provenAddresses(handle, userId) : [];
      if (first) await parts.mail.send(messageTo(first.address));
      return first !== undefined;
    },
  };
}

/** The media that this room has. */
type Media = ReturnType<typeof createMedia>;

/**
 * 32 of base64url at most (RFC 8030 §5.4). A later notice of the same takes the place of an earlier one; that a thing was removed
 * is another than that it was added.
 */
const topicOf = (kind: string, id: string): string => sha256(`${kind} ${id}`).toString("base64url").slice(0, 32);

/** By both at once, since a push service that is silent must not hold up a mail. */
async function tryBoth({ pushAll, mailOne }: Media, userId: string, baseUrl: string): Promise<Reached> {
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
  const media = createMedia(parts, keys);

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
          if (notice) await media.mailOne(telling.userId, (address) => approvalMessage(address, notice, baseUrl));
        },
        async push(telling) {
          const notice = await noticeOf(telling);
          if (!notice) return;
          const ttlSeconds = Math.floor((notice.expiresAt.getTime() - clock().getTime()) / 1000);
          const topic = topicOf("approval", notice.id);
          await media.pushOne(telling, { payload: approvalPayload(notice), topic, ttlSeconds }, false);
        },
      };
    },
    security: (kind, linkOf) => ({
      async mail({ userId, ref: id, at, target }) {
        const proven = (await provenAddresses(handle, userId)).map(({ address }) => address);
        // Null in what was kept before 0031 alone.
        const address = target ?? proven[0];
        if (address === undefined) return;
        const [link, stillTheirs] = [await linkOf?.(userId, id), proven.includes(address)];
        await parts.mail.send(securityMessage(address, { kind, id, at, link, stillTheirs }, baseUrl));
      },
      async push(telling) {
        const { userId, ref: id, target } = telling;
        const message = { payload: securityPayload({ kind, id }), topic: topicOf(kind, id), ttlSeconds: WEEK_SECONDS };
        await media.pushOne(telling, message, true);
        // Its last notice.
        if (kind === "browser_removed" && target === id) await forgetBrowser(handle, userId, id);
      },
    }),
    async choices(userId) {
      const [first] = await provenAddresses(handle, userId);
      const [email, address] = [await wantsMail(handle, userId), first?.address ?? null];
      return { email, address, browsers: await listBrowsers(handle, userId), pushKey: await keys.publicKey() };
    },
    tryOut: (userId) => tryBoth(media, userId, baseUrl),
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
  removeBrowser,
});

/** What the room keeps of how a person is told: what reaches their browsers leaves this server for nobody. */
export const noticesData: PersonalData<Handle> = {
  name: "notices",
  async exportOf(handle, userId) {
    const browsers = await keptBrowsers(handle, userId);
    return {
      email: await wantsMail(handle, userId),
      browsers: browsers.map(({ label, createdAt, removedAt }) => ({
        label,
        createdAt: createdAt.toISOString(),
        ...(removedAt && { removedAt: removedAt.toISOString() }),
      })),
    };
  },
};
