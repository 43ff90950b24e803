/**
 * How the line to the server is. `lost`: it comes back by itself. `elsewhere`: the person's newer windows have taken it,
 * and it comes back when they turn to this one.
 */
export type Line = "live" | "lost" | "elsewhere";

/** What the server tells of as it happens. */
const kinds = ["receipt", "approval", "job"] as const;
export type EventKind = (typeof kinds)[number];

/** What follows what happens to a person. */
export interface Follower {
  /** An event, and its data as text. */
  onEvent(kind: EventKind, data: string): void;
  /** The line stands again, and what came in between was not replayed. */
  onGap(): void;
  /** The line has changed. Short breaks are not worth a word. */
  onLine(line: Line): void;
  /** The line broke off: the session may have ended, or be another person's by now. */
  onBreak(): void;
}

/** A line that is followed. */
export interface Following {
  /** Takes the line back from the newer windows, where they have it. */
  comeBack(): void;
  end(): void;
}

/** A break that heals within this time is not mentioned. */
const PATIENCE_MS = 4000;
/** The browser itself does not try again after a refusal. */
const AGAIN_MS = 10_000;

/** One line to the server, tried again until it is ended. @returns what ends it. */
function openLine(url: string, follower: Follower): () => void {
  let again: ReturnType<typeof setTimeout> | undefined;
  let grumble: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  // The browser names the last event when it comes back; before the first one there is nothing to name.
  let replays = false;

  const onOpen = (): void => {
    clearTimeout(grumble);
    grumble = undefined;
    follower.onLine("live");
    if (!replays) follower.onGap();
  };
  const onError = (): void => {
    grumble ??= setTimeout(() => follower.onLine("lost"), PATIENCE_MS);
    if (source?.readyState === EventSource.CLOSED) again = setTimeout(connect, AGAIN_MS);
    follower.onBreak();
  };
  const connect = (): void => {
    replays = false;
    source = new EventSource(url);
    source.addEventListener("open", onOpen);
    source.addEventListener("error", onError);
    source.addEventListener("elsewhere", () => {
      source?.close();
      follower.onLine("elsewhere");
    });
    for (const kind of kinds)
      source.addEventListener(kind, ({ data, lastEventId }) => {
        replays = lastEventId !== "";
        follower.onEvent(kind, String(data));
      });
  };
  connect();
  return () => {
    source?.close();
    clearTimeout(again);
    clearTimeout(grumble);
  };
}

/**
 * Follows the server's events (HTML §9.2) while the page is in view. A hidden page holds no line: over HTTP/1.1 a
 * browser has six connections to a host, for all its windows together, and the server gives a person fewer.
 */
export function followEvents(url: string, page: Window, follower: Follower): Following {
  let close: (() => void) | undefined;
  let elsewhere = false;
  const noticing: Follower = {
    ...follower,
    onLine(line) {
      elsewhere = line === "elsewhere";
      follower.onLine(line);
    },
  };
  const followWhileSeen = (): void => {
    close?.();
    elsewhere = false;
    close = page.document.visibilityState === "hidden" ? undefined : openLine(url, noticing);
  };
  const comeBack = (): void => {
    if (elsewhere) followWhileSeen();
  };
  page.document.addEventListener("visibilitychange", followWhileSeen);
  page.addEventListener("focus", comeBack);
  followWhileSeen();
  return {
    comeBack,
    end() {
      page.document.removeEventListener("visibilitychange", followWhileSeen);
      page.removeEventListener("focus", comeBack);
      close?.();
    },
  };
}
