import { useQuery } from "@tanstack/react-query";
import { webAddress } from "../../ui/web-address.ts";
import { useParts } from "../console-parts.ts";
import { LimitParts } from "../parts/limit-parts.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { usageQuery } from "../work-queries.ts";
import type { Usage } from "./contract.ts";
import { calls, perMinute } from "./counts.ts";
import { LockedTools, UsedTools } from "./used-tools.tsx";

/** Plans come from the smallest to the largest. */
const hasLargest = ({ tier, tiers }: Usage): boolean => tiers.at(-1)?.name === tier.name;

/** Where a larger plan is to be had; null where nowhere, or where that is this very page. */
function upgradeOf({ upgradeUrl }: Usage): string | null {
  const there = webAddress(upgradeUrl);
  const isHere = there?.origin === location.origin && there.pathname === location.pathname;
  return there === null || isHere ? null : there.href;
}

/** Where all plans are alike, a list of them says nothing. */
const differ = ({ tiers }: Usage): boolean => new Set(tiers.map(({ callsPerMinute }) => callsPerMinute)).size > 1;

function Plan({ usage }: { readonly usage: Usage }) {
  const { tier } = usage;
  const upgrade = hasLargest(usage) ? null : upgradeOf(usage);
  return (
    <section className="sheet stack" aria-labelledby="plan">
      <div className="line">
        <div>
          <h2 id="plan">
            <Words text={tier.title} limit={60} />
          </h2>
          <p className="quiet">
            {perMinute(usage.callsPerMinute)}
            {tier.until !== null && (
              <>
                {" "}
                · until <When at={tier.until} form="day" />
              </>
            )}
          </p>
        </div>
        {upgrade !== null && (
          <a href={upgrade} target="_blank" rel="noreferrer">
            See larger plans<span className="is-hidden-to-eyes"> in a new tab</span>
          </a>
        )}
      </div>
      {usage.bundles.length > 0 && (
        <p className="small quiet">
          Includes <Words text={usage.bundles.join(", ")} limit={200} />
        </p>
      )}
      {tier.until !== null && <p className="small quiet">It then ends by itself, and your links and receipts stay.</p>}
    </section>
  );
}

/** The zone in which this browser tells the time. */
const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll("_", " ");

const Today = ({ usage }: { readonly usage: Usage }) => (
  <section className="sheet stack" aria-labelledby="today">
    <div className="line">
      <h2 id="today">Today</h2>
      <p className="numbers">
        <strong>{calls(usage.callsToday)}</strong>
      </p>
    </div>
    <UsedTools tools={usage.tools.filter(({ needs }) => needs === null)} />
    <p className="small quiet">
      Counts begin anew at <When at={usage.resetsAt} form="time" />, {zone()} time.
    </p>
  </section>
);

const Plans = ({ usage }: { readonly usage: Usage }) => (
  <section className="sheet stack" aria-labelledby="plans">
    <h2 id="plans">All plans</h2>
    <ul className="lines">
      {usage.tiers.map(({ name, title, callsPerMinute }) => (
        <li key={name} className="line">
          <p>
            <Words text={title} limit={60} />
            {name === usage.tier.name && <span className="small quiet"> · yours</span>}
          </p>
          <p className="quiet numbers">{perMinute(callsPerMinute)}</p>
        </li>
      ))}
    </ul>
  </section>
);

/** What the person's plan allows, and how much of it they have used. */
export function UsagePage() {
  const { api } = useParts();
  const usage = useQuery(usageQuery(api));
  return (
    <div className="stack is-wide">
      <div className="stack">
        <LimitParts />
        <div>
          <PageHeading title="Your plan" />
          <p className="lead">What your plan allows, and how much of it you have used today.</p>
        </div>
      </div>
      {usage.isPending && <Waiting rows={3} height={120} />}
      {usage.isError && !usage.data && <Trouble error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.data && (
        <div className="stack">
          <Plan usage={usage.data} />
          <Today usage={usage.data} />
          <LockedTools tools={usage.data.tools} upgrade={upgradeOf(usage.data)} />
          {differ(usage.data) && <Plans usage={usage.data} />}
        </div>
      )}
    </div>
  );
}
