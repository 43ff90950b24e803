import type { Act } from "./book.ts";
import type { Payment } from "./till-book.ts";
import type { World } from "./world.ts";

type Row = Readonly<Record<string, string | null>>;

/** What the tables and the till hold of one call. */
export interface Traces {
  /** Null where nothing is known of it at all. */
  readonly operation: {
    readonly id: string;
    readonly state: string;
    readonly code: string | null;
    /** How its question stands; null where nobody was asked. */
    readonly approval: string | null;
    readonly job: string | null;
    readonly receipt: string | null;
  } | null;
  readonly notes: number;
  readonly payments: readonly Payment[];
  readonly artifacts: number;
  /** Of the asset that is paid in. */
  readonly reservation: { readonly amount: string; readonly state: string } | null;
}

/** A list for `in (…)`; none of what is in it holds a quote. */
export const inList = (texts: readonly string[]): string =>
  texts.length === 0 ? "''" : texts.map((text) => `'${text}'`).join(", ");

const operationOf = (row: Row | undefined): Traces["operation"] =>
  row
    ? {
        id: row["id"] ?? "",
        state: row["state"] ?? "",
        code: row["code"] ?? null,
        approval: row["approval"] ?? null,
        job: row["job"] ?? null,
        receipt: row["receipt"] ?? null,
      }
    : null;

/** Reads the traces of all calls of a round, in a handful of statements. */
export async function tracesOf(world: World, acts: readonly Act[]): Promise<(act: Act) => Traces> {
  const keys = inList(acts.map(({ key }) => key));
  const pending = inList(acts.flatMap((act) => (act.pending ? [act.pending.id] : [])));
  const operations = await world.look(`
    select o.key, o.id, o.state, o.code, a.status as approval, j.status as job, r.outcome as receipt
    from operations o left join approvals a on a.id = o.id left join tool_jobs j on j.id = o.id
      left join receipts r on r.id = o.id
    where o.key in (${keys}) or o.id::text in (${pending})`);
  const ids = inList(operations.map(({ id }) => id ?? ""));
  const notes = await world.look(
    `select word, count(*) as times from chaos_notes where word in (${keys}) group by word`,
  );
  const reservations = await world.look(
    `select id, amount, state from reservations where lower(asset) = 'coin' and id::text in (${ids})`,
  );
  const files = await world.look(
    `select job_id as id, count(*) as files from tool_job_artifacts where job_id::text in (${ids}) group by job_id`,
  );
  const payments = world.till.payments();
  return ({ key, pending: waited }) => {
    // One that was cancelled gave its key back, for the same call to be made anew.
    const operation = operationOf(operations.find((row) => row["key"] === key || row["id"] === waited?.id));
    const of = (rows: readonly Row[]): Row | undefined => rows.find(({ id }) => id === operation?.id);
    const held = of(reservations);
    return {
      operation,
      notes: Number(notes.find((row) => row["word"] === key)?.["times"] ?? 0),
      payments: payments.filter(({ to }) => to === key),
      artifacts: Number(of(files)?.["files"] ?? 0),
      reservation: held ? { amount: held["amount"] ?? "", state: held["state"] ?? "" } : null,
    };
  };
}
