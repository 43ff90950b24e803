import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/** A built file of a widget. */
export interface WidgetFile {
  /** `list-view.html`, `list-view.js`, `mcp2.css`. */
  readonly name: string;
  /** Of its content; stands in the address under which hosts keep it. */
  readonly hash: string;
  readonly content: string;
}

/**
 * The table `widget_pages`: every widget file that this server has offered. A host keeps the address of a page as long
 * as the conversation that shows it, and may ask for it when many builds have come since.
 */
export interface WidgetPages {
  /** Stores files, or notes that they are offered still, and lets go of those that nobody has offered for long. */
  keep(files: readonly WidgetFile[], now: Date): Promise<void>;
  find(name: string, hash: string): Promise<WidgetFile | null>;
}

/** Longer than a published address has to stay valid, which is a year. */
const KEPT_DAYS = 400;
/** Of one file, so many builds at most: whoever builds all day long must not fill the disk. */
const KEPT_BUILDS = 200;

export const widgetPagesOf = (handle: Handle): WidgetPages => ({
  async keep(files, now) {
    const rows = JSON.stringify(files.toSorted((one, other) => (one.name < other.name ? -1 : 1)));
    await sql`
      insert into widget_pages (name, hash, content, offered_at)
      select name, hash, content, ${now}::timestamptz
      from jsonb_to_recordset(${rows}::jsonb) as file (name text, hash text, content text)
      on conflict (name, hash) do update set offered_at = greatest(widget_pages.offered_at, excluded.offered_at)
    `.execute(handle);
    await sql`
      delete from widget_pages using (
        select name, hash, row_number() over (partition by name order by offered_at desc) as place from widget_pages
      ) ranked
      where widget_pages.name = ranked.name and widget_pages.hash = ranked.hash
        and (ranked.place > ${KEPT_BUILDS} or widget_pages.offered_at < ${now}::timestamptz - make_interval(days => ${KEPT_DAYS}))
    `.execute(handle);
  },

  async find(name, hash) {
    const { rows } = await sql<WidgetFile>`
      select name, hash, content from widget_pages where name = ${name} and hash = ${hash}
    `.execute(handle);
    return rows[0] ?? null;
  },
});
