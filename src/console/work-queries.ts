import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Api } from "./api.ts";
import type { JobFilter } from "./work-api.ts";

/** The first page has no cursor. */
const newest = (): string | null => null;

/** Jobs, newest first; each further page is older. */
export const jobsQuery = (api: Api, filter: JobFilter) =>
  infiniteQueryOptions({
    queryKey: ["jobs", filter],
    queryFn: ({ pageParam }) => api.jobs({ ...filter, cursor: pageParam }),
    initialPageParam: newest(),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

/** One job. */
export const jobQuery = (api: Api, id: string) => queryOptions({ queryKey: ["job", id], queryFn: () => api.job(id) });

/** What the person has, and what they have used of it. */
export const usageQuery = (api: Api) => queryOptions({ queryKey: ["usage"], queryFn: api.usage });

/** What the person lets assistants spend. */
export const spendingQuery = (api: Api) => queryOptions({ queryKey: ["spending"], queryFn: api.spending });

/** Whether the person has paused everything. */
export const pauseQuery = (api: Api) => queryOptions({ queryKey: ["pause"], queryFn: api.pause });

/** The person's passkeys. */
export const passkeysQuery = (api: Api) => queryOptions({ queryKey: ["passkeys"], queryFn: api.passkeys });

/** How the person is told of what waits for them. */
export const noticesQuery = (api: Api) => queryOptions({ queryKey: ["notices"], queryFn: api.notices });
