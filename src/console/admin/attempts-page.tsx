import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { AttemptCard } from "../attempts/attempt-card.tsx";
import { useParts } from "../console-parts.ts";
import { Choice } from "../parts/choice.tsx";
import { SearchField } from "../parts/search-field.tsx";
import type { AttemptFilter } from "./admin-api.ts";
import { AdminList } from "./admin-list.tsx";
import { AdminPage } from "./admin-page.tsx";
import { attemptsQuery } from "./admin-queries.ts";
import { PersonName } from "./person-name.tsx";

const states = [
  { value: "failed", words: "Failed" },
  { value: "open", words: "Stopped on the way" },
  { value: "linked", words: "Linked, not used" },
  { value: "working", words: "In use" },
];

/** Every attempt to link. */
export function AttemptsPage() {
  const { api } = useParts();
  const filter = useSearch({ from: "/signed-in/admin/attempts" });
  const navigate = useNavigate({ from: "/admin/attempts" });
  const attempts = useInfiniteQuery(attemptsQuery(api, filter));
  const change = (search: AttemptFilter): void => void navigate({ search, replace: true, resetScroll: false });
  const filtered = filter.q !== undefined || filter.state !== undefined;
  return (
    <AdminPage
      title="Why did it fail?"
      lead="Every attempt to link, from the first look to the first call, with what mends it where it stopped."
    >
      <div className="toolbar" role="search" aria-label="Attempts">
        <SearchField
          label="Search people, assistants and codes"
          value={filter.q ?? ""}
          onSearch={(q) => change({ ...filter, q: q || undefined })}
        />
        <Choice
          title="Any outcome"
          options={states}
          value={filter.state ?? ""}
          onChoose={(state) => change({ ...filter, state: state || undefined })}
        />
      </div>
      <AdminList list={attempts} none={<p>{filtered ? "No such attempts." : "Nobody has tried to link yet."}</p>}>
        {(items) => (
          <ul className="grants" aria-label="Attempts">
            {items.map((attempt) => (
              <AttemptCard
                key={attempt.id}
                attempt={attempt}
                who={attempt.user === null ? "Nobody signed in" : <PersonName person={attempt.user} />}
              />
            ))}
          </ul>
        )}
      </AdminList>
    </AdminPage>
  );
}
