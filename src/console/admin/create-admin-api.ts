import { type Call, addressOf } from "../ask.ts";
import { isProof } from "../contract.ts";
import type { AdminApi } from "./admin-api.ts";
import { isAccountPage, isAdminAttemptPage, isChannelList, isClientPage, isLinkPage } from "./contract.ts";

const withId = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;

const bundleOf = (userId: string, bundle: string): string =>
  withId(`${withId("/api/admin/users", userId)}/bundles`, bundle);

/** The administrators’ part of the API. */
export const createAdminApi = (call: Call): AdminApi => ({
  async links(query) {
    const { links, next } = await call("GET", addressOf("/api/admin/grants", { ...query }), isLinkPage);
    return { items: links, next };
  },
  async clients(query) {
    const { clients, next } = await call("GET", addressOf("/api/admin/clients", { ...query }), isClientPage);
    return { items: clients, next };
  },
  async users(query) {
    const { users, next } = await call("GET", addressOf("/api/admin/users", { ...query }), isAccountPage);
    return { items: users, next };
  },
  async attempts(query) {
    const { attempts, next } = await call(
      "GET",
      addressOf("/api/admin/link-attempts", { ...query }),
      isAdminAttemptPage,
    );
    return { items: attempts, next };
  },
  channels: async () => (await call("GET", "/api/admin/channels", isChannelList)).channels,
  revokeLink: (id) => call("DELETE", withId("/api/admin/grants", id), isProof),
  setClientDisabled: (id, disabled, passkey) =>
    call("PATCH", withId("/api/admin/clients", id), isProof, { disabled, passkey }),
  deleteClient: (id) => call("DELETE", withId("/api/admin/clients", id), isProof),
  setUserDisabled: (id, disabled, passkey) =>
    call("PATCH", withId("/api/admin/users", id), isProof, { disabled, passkey }),
  setUserPaused: (id, paused, passkey) =>
    call("PUT", `${withId("/api/admin/users", id)}/pause`, isProof, { paused, passkey }),
  giveBundle: (userId, { bundle, until }, passkey) =>
    call("PUT", bundleOf(userId, bundle), isProof, { until, passkey }),
  takeBundle: (userId, bundle) => call("DELETE", bundleOf(userId, bundle), isProof),
  setTier: (userId, { tier, until }, passkey) =>
    call("PUT", `${withId("/api/admin/users", userId)}/tier`, isProof, { tier, until, passkey }),
  setChannel: (setting, passkey) => call("PATCH", "/api/admin/channels", isProof, { ...setting, passkey }),
});
