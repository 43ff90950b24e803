import type { Grant } from "../contract.ts";
import { CheckIcon } from "../parts/icons.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";

/** What a link lets its assistant do. */
export const Permissions = ({ grant }: { readonly grant: Pick<Grant, "permissions"> }) => (
  <ul className="grant-scopes" aria-label="What it may do">
    {grant.permissions.map((permission) => (
      <li key={permission.name}>
        <CheckIcon small />
        <Words text={permission.grants} limit={200} />
      </li>
    ))}
  </ul>
);

/** When it was linked, and when it was last used. */
export const LinkTimes = ({ grant }: { readonly grant: Pick<Grant, "createdAt" | "lastUsedAt"> }) => (
  <>
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
  </>
);
