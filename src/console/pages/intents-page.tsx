import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useParts } from "../console-parts.ts";
import { IntentList } from "../intents/intent-list.tsx";
import { Older } from "../parts/older.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { Segments } from "../parts/segments.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { Words } from "../parts/words.tsx";
import { type IntentFilter, intentsQuery } from "../queries.ts";

const kinds = [
  { value: "active", words: "Active" },
  { value: "archived", words: "Archived" },
] as const;

const from = "/signed-in/intents";

/** Which intents to show, as the page's address has it, and how to change that. */
function useFilter() {
  const { q, archived } = useSearch({ from });
  const navigate = useNavigate({ from: "/intents" });
  const filter: IntentFilter = { archived: archived === "true", q };
  const change = (changed: IntentFilter): void =>
    void navigate({
      search: { q: changed.q || undefined, archived: changed.archived ? "true" : undefined },
      replace: true,
      resetScroll: false,
    });
  return { filter, change };
}

function NoIntents({ filter }: { readonly filter: IntentFilter }) {
  if (filter.q !== undefined) {
    return (
      <section className="sheet stack is-tight" aria-labelledby="no-intents">
        <h2 id="no-intents">
          No intent with “<Words text={filter.q} limit={60} />”
        </h2>
        <p>
          <Link to="/intents">Show all active intents</Link>
        </p>
      </section>
    );
  }
  return (
    <section className="sheet stack is-tight" aria-labelledby="no-intents">
      <h2 id="no-intents">{filter.archived ? "Nothing is archived" : "No intents yet"}</h2>
      {filter.archived ? (
        <p>What you archive stays here, and can come back.</p>
      ) : (
        <p>
          Tell a linked assistant what you want, seek or offer, and ask it to keep that. It then appears here.{" "}
          <Link to="/linked-accounts">Link an assistant</Link> if you have not yet.
        </p>
      )}
    </section>
  );
}

/** What the person wants, seeks and offers, in their own words. */
export function IntentsPage() {
  const { api } = useParts();
  const { filter, change } = useFilter();
  const intents = useInfiniteQuery(intentsQuery(api, filter));
  const list = intents.data?.pages.flatMap((page) => page.intents);
  return (
    <div className="stack is-wide">
      <div>
        <PageHeading title="Intents" />
        <p className="lead">What you want, seek and offer, taken from your own words.</p>
      </div>
      <div className="toolbar" role="search" aria-label="Intents">
        <SearchField label="Search intents" value={filter.q ?? ""} onSearch={(q) => change({ ...filter, q })} />
        <Segments
          title="Which intents"
          options={kinds}
          value={filter.archived ? "archived" : "active"}
          onChoose={(kind) => change({ ...filter, archived: kind === "archived" })}
        />
      </div>
      {intents.isPending && <Waiting rows={3} height={200} />}
      {intents.isError && !list && <Trouble error={intents.error} onRetry={() => void intents.refetch()} />}
      {list && list.length === 0 && !intents.isPlaceholderData && <NoIntents filter={filter} />}
      {list && list.length > 0 && (
        <div className={intents.isPlaceholderData ? "stack is-past" : "stack"} aria-busy={intents.isPlaceholderData}>
          <IntentList intents={list} />
          <Older list={intents} />
        </div>
      )}
    </div>
  );
}
