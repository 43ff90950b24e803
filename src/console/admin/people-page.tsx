import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import { channelName } from "../parts/channels.ts";
import { PauseIcon, RefusedIcon } from "../parts/icons.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { AccountBundles } from "./account-bundles.tsx";
import { AccountChannels } from "./account-channels.tsx";
import { AdminList } from "./admin-list.tsx";
import { AdminPage } from "./admin-page.tsx";
import { accountsQuery } from "./admin-queries.ts";
import type { Account } from "./contract.ts";
import { type Decision, DecisionDialog } from "./decision.tsx";
import { PersonName } from "./person-name.tsx";
import { useTiers } from "./use-tiers.ts";
import { AccountTier } from "./account-tier.tsx";

const setChannels = ({ channels }: Account): string =>
  channels.map(({ channel, enabled }) => `${channelName(channel)} ${enabled ? "on" : "off"}`).join(", ");

interface RowProps {
  readonly account: Account;
  /** What they may use, by its title; empty while that is not known. */
  readonly tier: string;
  readonly onCut: () => void;
  readonly onPause: () => void;
  readonly onBundles: () => void;
  readonly onTier: () => void;
  readonly onChannels: () => void;
}

/** What was stopped for them, and since when. */
const Stops = ({ account }: { readonly account: Account }) => (
  <>
    {account.cutOffAt !== null && (
      <p className="stopped">
        <RefusedIcon small />
        <span>
          Cut off <When at={account.cutOffAt} form="ago" />
        </span>
      </p>
    )}
    {account.pausedAt !== null && (
      <p className="stopped">
        <PauseIcon small />
        <span>
          Paused by an administrator <When at={account.pausedAt} form="ago" />
        </span>
      </p>
    )}
  </>
);

/** What an administrator may do for one person. */
const RowActions = ({ account, heading, ...on }: RowProps & { readonly heading: string }) => (
  <div className="actions">
    <Button variant="default" onClick={on.onTier} aria-describedby={heading}>
      Tier
    </Button>
    <Button variant="default" onClick={on.onBundles} aria-describedby={heading}>
      Bundles
    </Button>
    <Button variant="default" onClick={on.onChannels} aria-describedby={heading}>
      Channels
    </Button>
    <Button variant="default" onClick={on.onPause} aria-describedby={heading}>
      {account.pausedAt === null ? "Pause" : "Resume"}
    </Button>
    <Button variant="default" onClick={on.onCut} aria-describedby={heading}>
      {account.cutOffAt === null ? "Cut off" : "Restore"}
    </Button>
  </div>
);

function Row(props: RowProps) {
  const { account, tier } = props;
  const heading = `person-${account.id}`;
  return (
    <li className="stack" aria-labelledby={heading}>
      <div className="stack is-tight">
        <h2 id={heading}>
          <PersonName person={account} />
        </h2>
        <p className="small quiet">
          Came <When at={account.createdAt} form="day" />
          {account.roles.includes("admin") && " · Administrator"}
        </p>
        {tier !== "" && (
          <p className="small">
            <Words text={tier} limit={60} />
            {account.until !== null && (
              <span className="quiet">
                {" "}
                until <When at={account.until} form="day" />
              </span>
            )}
          </p>
        )}
        {account.bundles.length > 0 && (
          <p className="small quiet">
            With <Words text={account.bundles.map(({ bundle }) => bundle).join(", ")} limit={200} />
          </p>
        )}
        {account.channels.length > 0 && (
          <p className="small quiet">
            <Words text={setChannels(account)} limit={200} />
          </p>
        )}
        <Stops account={account} />
        <p className="small">
          <Link to="/admin" search={{ userId: account.id }}>
            {account.links === 1 ? "1 link" : `${account.links} links`}
          </Link>
        </p>
      </div>
      <RowActions {...props} heading={heading} />
    </li>
  );
}

function useCut() {
  const { api } = useParts();
  return (account: Account): Decision =>
    account.cutOffAt === null
      ? {
          title: (
            <>
              Cut <PersonName person={account} /> off?
            </>
          ),
          about:
            "Every call and every new link of theirs is refused from now on. They can still sign in, see their receipts, and take or delete what is theirs. You can restore them.",
          keep: "Leave it",
          confirm: "Cut off",
          done: "The person is cut off.",
          act: () => api.admin.setUserDisabled(account.id, true),
        }
      : {
          title: (
            <>
              Restore <PersonName person={account} />?
            </>
          ),
          about: "Their links work again.",
          keep: "Leave it",
          confirm: "Restore",
          done: "The person is restored.",
          act: (passkey) => api.admin.setUserDisabled(account.id, false, passkey),
        };
}

function usePause() {
  const { api } = useParts();
  return (account: Account): Decision =>
    account.pausedAt === null
      ? {
          title: (
            <>
              Pause <PersonName person={account} />?
            </>
          ),
          about:
            "From now on nothing is changed or paid in their name, and nothing approved. What only reads goes on, and their links stay. They are told that the operator paused them, and cannot lift it.",
          keep: "Leave it",
          confirm: "Pause",
          done: "The person is paused.",
          act: () => api.admin.setUserPaused(account.id, true),
        }
      : {
          title: (
            <>
              Resume <PersonName person={account} />?
            </>
          ),
          about: "Assistants may change things for them again, unless they have paused everything themselves.",
          keep: "Leave it",
          confirm: "Resume",
          done: "The person is resumed.",
          act: (passkey) => api.admin.setUserPaused(account.id, false, passkey),
        };
}

/** Everybody who ever signed in. */
export function PeoplePage() {
  const { api } = useParts();
  const { q } = useSearch({ from: "/signed-in/admin/people" });
  const navigate = useNavigate({ from: "/admin/people" });
  const accounts = useInfiniteQuery(accountsQuery(api, q));
  const [decision, setDecision] = useState<Decision | null>(null);
  const [channelsOf, setChannelsOf] = useState<string | null>(null);
  const [tierOf, setTierOf] = useState<string | null>(null);
  const [bundlesOf, setBundlesOf] = useState<string | null>(null);
  const [cut, pause] = [useCut(), usePause()];
  const { titleOf } = useTiers();
  const shown = (id: string | null): Account | null =>
    accounts.data?.pages.flatMap(({ items }) => items).find((one) => one.id === id) ?? null;
  return (
    <AdminPage title="People" lead="Everybody who has signed in here, and what may be done for them.">
      <div className="toolbar" role="search" aria-label="People">
        <SearchField
          label="Search names and addresses"
          value={q ?? ""}
          onSearch={(words) => void navigate({ search: { q: words || undefined }, replace: true, resetScroll: false })}
        />
      </div>
      <AdminList list={accounts} none={<p>{q === undefined ? "Nobody has come here yet." : "Nobody of that name."}</p>}>
        {(items) => (
          <ul className="sheet lines" aria-label="People">
            {items.map((account) => (
              <Row
                key={account.id}
                account={account}
                tier={titleOf(account.tier)}
                onCut={() => setDecision(cut(account))}
                onPause={() => setDecision(pause(account))}
                onBundles={() => setBundlesOf(account.id)}
                onTier={() => setTierOf(account.id)}
                onChannels={() => setChannelsOf(account.id)}
              />
            ))}
          </ul>
        )}
      </AdminList>
      <AccountTier account={shown(tierOf)} onClose={() => setTierOf(null)} />
      <AccountBundles account={shown(bundlesOf)} onClose={() => setBundlesOf(null)} />
      <AccountChannels account={shown(channelsOf)} onClose={() => setChannelsOf(null)} />
      <DecisionDialog decision={decision} onClose={() => setDecision(null)} />
    </AdminPage>
  );
}
