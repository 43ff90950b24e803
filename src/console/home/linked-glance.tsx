import { Link } from "@tanstack/react-router";
import type { Grant } from "../contract.ts";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";

/** Links that are named here; the others are on their own page. */
const AT_MOST = 5;

const lastUse = ({ lastUsedAt }: Grant) =>
  lastUsedAt === null ? (
    "Not used yet"
  ) : (
    <>
      Last used <When at={lastUsedAt} form="ago" />
    </>
  );

/** Who may act for the person, at a glance. */
export function LinkedGlance({ grants }: { readonly grants: readonly Grant[] }) {
  const others = grants.length - AT_MOST;
  return (
    <section className="sheet stack glance" aria-labelledby="linked-glance">
      <h2 id="linked-glance">May act for you</h2>
      {grants.length === 0 && <p className="quiet">Nothing is linked.</p>}
      <ul className="glance-list">
        {grants.slice(0, AT_MOST).map((grant) => (
          <li key={grant.id}>
            <p>
              <Words text={grant.clientName} limit={60} />
            </p>
            <p className="small quiet">{lastUse(grant)}</p>
          </li>
        ))}
      </ul>
      <p className="small">
        <Link to="/linked-accounts">
          {grants.length === 0 ? "Link an assistant" : others > 0 ? `See ${others} more` : "See what each may do"}
        </Link>
      </p>
    </section>
  );
}
