import {
  type Query,
  type QueryClient,
  MutationCache,
  QueryCache,
  QueryClient as Client,
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
} from "@tanstack/react-query";
import { type Api, ApiError, isSignedOut } from "./api.ts";
import type { User } from "./contract.ts";
import type { ReceiptFilter } from "./receipt-filter.ts";

/** Everything that is read for one person. */
const PERSONAL: ReadonlySet<unknown> = new Set([
  "grants",
  "link-attempts",
  "admin",
  "receipts",
  "used-tools",
  "intents",
  "approvals",
  "approval",
  "receipt",
  "jobs",
  "job",
  "usage",
  "spending",
  "pause",
  "passkeys",
  "notices",
]);

const isPersonal = ({ queryKey }: Query): boolean => PERSONAL.has(queryKey[0]);

/** The signed-in person, or null. Where another window has signed in somebody else, nothing of the first one stays. */
export const sessionQuery = (api: Api) =>
  queryOptions({
    queryKey: ["session"],
    queryFn: async ({ client }): Promise<User | null> => {
      const user = await api.session();
      const before = client.getQueryData<User | null>(["session"]);
      if (before && user && before.id !== user.id) void client.resetQueries({ predicate: isPersonal });
      return user;
    },
  });

/** The session has ended: nothing that was read for the person stays. Who reads the session now reads null. */
export function endSession(client: QueryClient): void {
  client.setQueryData(["session"], null);
  client.removeQueries({ predicate: isPersonal });
}

/** Ways to sign in. */
export const signInQuery = (api: Api) => queryOptions({ queryKey: ["sign-in"], queryFn: api.signInOptions });

/** One client's request to be linked. */
export const consentQuery = (api: Api, handle: string) =>
  queryOptions({ queryKey: ["consent", handle], queryFn: () => api.consent(handle) });

/** Linked accounts. */
export const grantsQuery = (api: Api) => queryOptions({ queryKey: ["grants"], queryFn: api.grants });

/** The person's own attempts to link. */
export const linkAttemptsQuery = (api: Api) => queryOptions({ queryKey: ["link-attempts"], queryFn: api.linkAttempts });

/** The first page has no cursor. */
const newest = (): string | null => null;

/** Receipts, newest first; each further page is older. What was read stays in view while another filter is read. */
export const receiptsQuery = (api: Api, filter: ReceiptFilter) =>
  infiniteQueryOptions({
    queryKey: ["receipts", filter],
    queryFn: ({ pageParam }) => api.receipts({ ...filter, cursor: pageParam }),
    initialPageParam: newest(),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

/** The tools that the person's receipts can be filtered by. */
export const usedToolsQuery = (api: Api) => queryOptions({ queryKey: ["used-tools"], queryFn: api.usedTools });

/** Which intents to show. */
export interface IntentFilter {
  readonly archived: boolean;
  /** Part of the intent or its summary. */
  readonly q?: string | undefined;
}

/** Intents, newest first; each further page is older. */
export const intentsQuery = (api: Api, filter: IntentFilter) =>
  infiniteQueryOptions({
    queryKey: ["intents", filter],
    queryFn: ({ pageParam }) => api.intents({ ...filter, cursor: pageParam }),
    initialPageParam: newest(),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

/** A server that stumbled is asked once more before the person is told. */
const mayRetry = (failures: number, error: Error): boolean =>
  failures < 1 && error instanceof ApiError && (error.facts.status === 0 || error.facts.status >= 500);

/** Holds what was read. When the server says that nobody is signed in, the session ends here too. */
export function createQueryClient(): QueryClient {
  const onError = (error: Error): void => {
    if (isSignedOut(error)) endSession(client);
  };
  const client: QueryClient = new Client({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: mayRetry, retryDelay: 400, networkMode: "always" },
      mutations: { networkMode: "always" },
    },
  });
  return client;
}
