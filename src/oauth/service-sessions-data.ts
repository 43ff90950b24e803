import type { Handle } from "../database/handle.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import { listServiceSessions } from "./records/service-sessions.ts";

/** The sessions in which our own surfaces called for a person; the rows go with the user's own. */
export const serviceSessionsData: PersonalData<Handle> = {
  name: "serviceSessions",
  exportOf: async (handle, userId) =>
    (await listServiceSessions(handle, userId)).map(({ id, channel, scopes, createdAt, renewedAt, endedAt }) => ({
      id,
      channel,
      scopes: [...scopes],
      createdAt: createdAt.toISOString(),
      renewedAt: renewedAt.toISOString(),
      endedAt: endedAt?.toISOString() ?? null,
    })),
};
