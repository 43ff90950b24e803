import { defineToolset, type Toolset } from "../../kernel/tool.ts";
import { cutOffClient } from "./cut-off-client.ts";
import { cutOffUser } from "./cut-off-user.ts";
import { deleteClient } from "./delete-client.ts";
import { grantBundle } from "./grant-bundle.ts";
import { listChannels } from "./list-channels.ts";
import { listClients } from "./list-clients.ts";
import { listLinkAttempts } from "./list-link-attempts.ts";
import { listLinks } from "./list-links.ts";
import { listUsers } from "./list-users.ts";
import { pausePerson } from "./pause-person.ts";
import type { AllLinks, Directory, Plans } from "./ports.ts";
import { restoreClient } from "./restore-client.ts";
import { restoreUser } from "./restore-user.ts";
import { resumePerson } from "./resume-person.ts";
import { revokeBundle } from "./revoke-bundle.ts";
import { revokeLink } from "./revoke-link.ts";
import { setChannel } from "./set-channel.ts";
import { setTier } from "./set-tier.ts";

/** The functions of a port, each with the handle of the call's transaction before its own arguments. */
type WithHandle<Handle, Port> = {
  readonly [Name in keyof Port]: Port[Name] extends (...args: infer Args) => infer Answer
    ? (handle: Handle, ...args: Args) => Answer
    : never;
};

/** What administrators' actions need of the rooms that own the tables. Each uses only the handle that it is given. */
export interface AdminParts<Handle> {
  readonly all: WithHandle<Handle, AllLinks>;
  readonly directory: WithHandle<Handle, Directory>;
  readonly plans: WithHandle<Handle, Plans>;
}

/** What an administrator sees and does of everybody's links and plans. */
export const adminToolset = <Handle>({ all, directory, plans }: AdminParts<Handle>): Toolset<Handle> =>
  defineToolset({
    name: "admin",
    title: "Administration",
    tools: [
      listLinks,
      revokeLink,
      listClients,
      cutOffClient,
      restoreClient,
      deleteClient,
      listUsers,
      cutOffUser,
      restoreUser,
      pausePerson,
      resumePerson,
      listChannels,
      setChannel,
      setTier,
      grantBundle,
      revokeBundle,
      listLinkAttempts,
    ],
    ports: (handle: Handle) => ({
      all: {
        links: (...args) => all.links(handle, ...args),
        revokeLink: (...args) => all.revokeLink(handle, ...args),
        clients: (...args) => all.clients(handle, ...args),
        cutOffClient: (...args) => all.cutOffClient(handle, ...args),
        restoreClient: (...args) => all.restoreClient(handle, ...args),
        deleteClient: (...args) => all.deleteClient(handle, ...args),
        accounts: (...args) => all.accounts(handle, ...args),
        cutOffUser: (...args) => all.cutOffUser(handle, ...args),
        restoreUser: (...args) => all.restoreUser(handle, ...args),
        pausePerson: (...args) => all.pausePerson(handle, ...args),
        resumePerson: (...args) => all.resumePerson(handle, ...args),
        channels: () => all.channels(handle),
        switchChannel: (...args) => all.switchChannel(handle, ...args),
        setUserChannel: (...args) => all.setUserChannel(handle, ...args),
        attempts: (...args) => all.attempts(handle, ...args),
      } satisfies AllLinks,
      directory: { people: (query) => directory.people(handle, query) } satisfies Directory,
      plans: {
        of: (...args) => plans.of(handle, ...args),
        set: (...args) => plans.set(handle, ...args),
        grantBundle: (...args) => plans.grantBundle(handle, ...args),
        revokeBundle: (...args) => plans.revokeBundle(handle, ...args),
      } satisfies Plans,
    }),
  });
