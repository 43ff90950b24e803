import {
  type QueryClient,
  QueryCache,
  QueryClient as Client,
  infiniteQueryOptions,
  queryOptions,
} from "@tanstack/react-query";
import { type Api, ApiError, isSignedOut } from "./api.ts";

/** The signed-in person, or null. */
export const sessionQuery = (api: Api) => queryOptions({ queryKey: ["session"], queryFn: api.session });

/** The session has ended: nothing that was read for the person stays. Who reads the session now reads null. */
export function endSession(client: QueryClient): void {
  client.setQueryData(["session"], null);
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] === "grants" || queryKey[0] === "receipts" });
}

/** Ways to sign in. */
export const signInQuery = (api: Api) => queryOptions({ queryKey: ["sign-in"], queryFn: api.signInOptions });

/** One client's request to be linked. */
export const consentQuery = (api: Api, handle: string) =>
  queryOptions({ queryKey: ["consent", handle], queryFn: () => api.consent(handle) });

/** Linked accounts. */
export const grantsQuery = (api: Api) => queryOptions({ queryKey: ["grants"], queryFn: api.grants });

/** The first page has no cursor. */
const newest = (): string | null => null;

/** Receipts, newest first, of one tool or of all; each further page is older. */
export const receiptsQuery = (api: Api, tool: string | null) =>
  infiniteQueryOptions({
    queryKey: ["receipts", tool],
    queryFn: ({ pageParam }) => api.receipts({ cursor: pageParam, tool }),
    initialPageParam: newest(),
    getNextPageParam: (page) => page.next,
  });

/** A server that stumbled is asked once more before the person is told. */
const mayRetry = (failures: number, error: Error): boolean =>
  failures < 1 && error instanceof ApiError && (error.facts.status === 0 || error.facts.status >= 500);

/** Holds what was read. When the server says that nobody is signed in, the session ends here too. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new Client({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isSignedOut(error)) endSession(client);
      },
    }),
    defaultOptions: {
      queries: { retry: mayRetry, retryDelay: 400, networkMode: "always" },
      mutations: { networkMode: "always" },
    },
  });
  return client;
}
