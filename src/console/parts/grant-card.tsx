import { Button } from "@mantine/core";
import type { Grant } from "../contract.ts";
import { channelName } from "./channels.ts";
import { CheckIcon } from "./icons.tsx";
import { When } from "./when.tsx";
import { Words } from "./words.tsx";

interface GrantCardProps {
  readonly grant: Grant;
  readonly onRevoke: () => void;
}

/** One linked account: who, where it answers, what it may do, when it last did. */
export function GrantCard({ grant, onRevoke }: GrantCardProps) {
  const heading = `grant-${grant.id}`;
  return (
    <li>
      <article className="sheet grant" aria-labelledby={heading}>
        <div>
          <h2 id={heading} className="grant-name">
            <Words text={grant.clientName} />
          </h2>
          <p className="quiet">
            <Words text={grant.redirectHost} none="no host" /> · <Words text={channelName(grant.channel)} />
          </p>
        </div>
        <Button variant="default" onClick={onRevoke} aria-describedby={heading}>
          Revoke
        </Button>
        <ul className="grant-scopes" aria-label="What it may do">
          {grant.scopes.map((scope) => (
            <li key={scope.name}>
              <CheckIcon small />
              <Words text={scope.grants} limit={200} />
            </li>
          ))}
        </ul>
        <p className="grant-times small quiet">
          <span>
            Linked <When at={grant.createdAt} form="day" />
          </span>
          <span>
            {grant.lastUsedAt === null ? (
              "Not used yet"
            ) : (
              <>
                Last used <When at={grant.lastUsedAt} form="ago" />
              </>
            )}
          </span>
        </p>
      </article>
    </li>
  );
}
