import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Api } from "../api.ts";
import type { AttemptFilter, LinkFilter } from "./admin-api.ts";

/** Everything that is read for administrators, so that a change can have all of it read again. */
export const ADMIN = "admin";

/** The first page has no cursor. */
const newest = (): string | null => null;

/** A list that is read page by page; what was read stays in view while another filter is read. */
const pages = <Item>(
  name: string,
  filter: object,
  read: (cursor: string | null) => Promise<{ readonly items: readonly Item[]; readonly next: string | null }>,
) =>
  infiniteQueryOptions({
    queryKey: [ADMIN, name, filter],
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: newest(),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

export const linksQuery = (api: Api, filter: LinkFilter) =>
  pages("links", filter, (cursor) => api.admin.links({ ...filter, cursor }));

export const clientsQuery = (api: Api, q: string | undefined) =>
  pages("clients", { q }, (cursor) => api.admin.clients({ q, cursor }));

export const accountsQuery = (api: Api, q: string | undefined) =>
  pages("users", { q }, (cursor) => api.admin.users({ q, cursor }));

export const attemptsQuery = (api: Api, filter: AttemptFilter) =>
  pages("attempts", filter, (cursor) => api.admin.attempts({ ...filter, cursor }));

export const channelsQuery = (api: Api) => queryOptions({ queryKey: [ADMIN, "channels"], queryFn: api.admin.channels });
