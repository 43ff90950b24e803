import { PageHeading } from "../parts/page-heading.tsx";
import { Trouble } from "../parts/trouble.tsx";

const broken = (): Error => new Error("Something on this page went wrong.");

/** What stands in place of a page that fails. The browser's own words for it are in its console, not here. */
export const BrokenPart = () => (
  <div className="stack">
    <PageHeading title="This page broke" />
    <Trouble error={broken()} onRetry={() => location.reload()} />
  </div>
);
