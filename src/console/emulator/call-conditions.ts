import type { Answered } from "./mcp-client.ts";
import type { CallAnswer } from "./mcp-messages.ts";

/** How calls end: as the server answers, as an error of the tool, refused by the host, or never. */
export type CallEnding = "answered" | "failed" | "denied" | "silent";

/** What is to go wrong on purpose, for the call itself and for every call of its widget. */
export interface Conditions {
  readonly ending: CallEnding;
  /** Every answer comes {@link LATE_MS} later. */
  readonly late: boolean;
  /** The host hands every result over twice. */
  readonly twice: boolean;
}

/** Nothing goes wrong. */
export const calm: Conditions = { ending: "answered", late: false, twice: false };

export const LATE_MS = 3000;

/** The host does not carry the call out. Said to the widget as it stands. */
class CallDenied extends Error {
  override readonly name = "CallDenied";
}

const FAILED = "This call fails because the emulator was told so. Nothing was sent. Try again.";

/** As a server says it; nothing was asked of ours. */
const failure: Answered<CallAnswer> = {
  result: {
    isError: true,
    content: [{ type: "text", text: FAILED }],
    _meta: { "bellhop/error": { code: "emulated_failure", message: FAILED } },
  },
  requestId: null,
  ms: 0,
};

/** Rejects when the signal says so, and never before. */
function whenStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(new DOMException("The call was stopped.", "AbortError"));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Whatever comes of it, an answer or an error, comes later. */
async function later<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await pause(LATE_MS);
  }
}

/**
 * Carries out a call as the conditions say. A call that fails, is denied or gets no answer never reaches the server.
 * @throws CallDenied for the host's refusal, `AbortError` when it is stopped, and whatever the call throws.
 */
export function underConditions(
  { ending, late }: Conditions,
  signal: AbortSignal,
  call: () => Promise<Answered<CallAnswer>>,
): Promise<Answered<CallAnswer>> {
  const stopped = whenStopped(signal);
  if (ending === "silent") return stopped;
  const endings = {
    answered: call,
    failed: () => Promise.resolve(failure),
    denied: () => Promise.reject(new CallDenied("The host did not allow this call.")),
  };
  return Promise.race([stopped, late ? later(endings[ending]) : endings[ending]()]);
}
