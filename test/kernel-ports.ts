import type { HeldRun, Jobs } from "../src/kernel/ports/jobs.ts";
import type { Closing, Ledger, Opening } from "../src/kernel/ports/ledger.ts";
import type { Receipt } from "../src/kernel/receipt.ts";

/** Fails a test whose call needs what it was not given. */
const absent = (what: string) => (): never => {
  throw new Error(`This test has no ${what}.`);
};

/** No jobs at all: for calls that are answered at once. */
export const noJobs = <Handle>(): Jobs<Handle> => ({
  add: absent("jobs"),
  end: absent("jobs"),
  show: absent("jobs"),
  hold: (): HeldRun => ({
    attempt: 1,
    last: true,
    exhausted: false,
    lease: "none",
    stands: () => true,
    signal: new AbortController().signal,
    progress: () => undefined,
    release: () => undefined,
  }),
});

/** Where nothing is to be seen. */
export const noAddresses = { approval: (id: string) => `/app/approvals/${id}`, job: (id: string) => `/app/jobs/${id}` };

interface ReceiptBook<Handle> {
  record(receipt: Receipt): Promise<void>;
  open(receipt: Receipt): Promise<void>;
  close<T>(work: (handle: Handle) => Promise<T>, receiptOf: (result: T) => Receipt): Promise<T>;
  abandon(receipt: Receipt): Promise<unknown>;
}

/** A ledger of receipts alone: nothing is asked, and nothing outlives its request. */
export const receiptsOnly = <Handle>(book: ReceiptBook<Handle>): Ledger<Handle> => ({
  record: book.record,
  open: ({ receipt }: Opening) => book.open(receipt),
  close: (work, closingOf) => book.close(work, (result) => closingOf(result).receipt),
  async abandon({ receipt }: Closing) {
    await book.abandon(receipt);
  },
  doubt: absent("operations"),
  postpone: absent("operations"),
  earlier: async () => null,
  ask: absent("approvals"),
  adopt: async () => false,
  endJob: absent("operations"),
  operation: async () => null,
});
