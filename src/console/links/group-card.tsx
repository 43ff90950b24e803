import { Button } from "@mantine/core";
import type { Grant } from "../contract.ts";
import { channelName } from "../parts/channels.ts";
import { Words } from "../parts/words.tsx";
import type { LinkGroup } from "./group-links.ts";
import { LinkTimes, Permissions } from "./link-facts.tsx";
import { originWords } from "./origin-words.ts";

/** What can be done with links. */
export interface LinkActions {
  readonly onRevoke: (grants: readonly Grant[]) => void;
  readonly onNarrow: (grant: Grant) => void;
}

interface OneLinkProps extends LinkActions {
  readonly grant: Grant;
  /** The name of the assistant, for who hears the buttons. */
  readonly heading: string;
}

function Buttons({ grant, heading, onRevoke, onNarrow }: OneLinkProps) {
  return (
    <div className="actions">
      {grant.permissions.length > 1 && (
        <Button variant="default" onClick={() => onNarrow(grant)} aria-describedby={heading}>
          Allow less
        </Button>
      )}
      <Button variant="default" onClick={() => onRevoke([grant])} aria-describedby={heading}>
        Revoke
      </Button>
    </div>
  );
}

/** One of several links of an assistant. */
const LinkOfMany = (props: OneLinkProps) => (
  <li className="link-row">
    <p className="grant-times small">
      <LinkTimes grant={props.grant} />
    </p>
    <Permissions grant={props.grant} />
    <Buttons {...props} />
  </li>
);

/** One assistant: who it is and where from, what each of its links may do, and when it last did. */
export function GroupCard({ group, ...actions }: LinkActions & { readonly group: LinkGroup }) {
  const [grant] = group.grants;
  if (!grant) return null;
  const heading = `grant-${grant.id}`;
  const several = group.grants.length > 1;
  return (
    <li>
      <article className="sheet grant" aria-labelledby={heading}>
        <div>
          <h2 id={heading} className="grant-name">
            <Words text={group.clientName} />
          </h2>
          <p className="quiet">
            <Words text={group.redirectHost} none="no host" /> · <Words text={channelName(group.channel)} />
          </p>
          <p className="small quiet">
            <Words text={originWords(grant)} limit={160} />
          </p>
        </div>
        {several ? (
          <Button variant="default" onClick={() => actions.onRevoke(group.grants)} aria-describedby={heading}>
            Revoke all {group.grants.length}
          </Button>
        ) : (
          <Buttons {...actions} grant={grant} heading={heading} />
        )}
        {several ? (
          <ul className="link-rows" aria-label={`Links of ${group.clientName}`}>
            {group.grants.map((one) => (
              <LinkOfMany key={one.id} {...actions} grant={one} heading={heading} />
            ))}
          </ul>
        ) : (
          <>
            <Permissions grant={grant} />
            <p className="grant-times small quiet">
              <LinkTimes grant={grant} />
            </p>
          </>
        )}
      </article>
    </li>
  );
}
