import { queryOptions, skipToken, useQuery } from "@tanstack/react-query";
import type { Line } from "./follow-events.ts";

const first = (): Line => "live";

/** How the line to the server is, for pages that must ask by themselves while it is down. */
export const lineQuery = queryOptions({ queryKey: ["line"], queryFn: skipToken, initialData: first, gcTime: Infinity });

/** Whether what happens arrives by itself. */
export const useIsLive = (): boolean => useQuery(lineQuery).data === "live";
