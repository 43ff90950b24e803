import * as z from "zod";
import { LONGEST_HANDLE } from "../kernel/seal.ts";
import { callbackChannels } from "./departures.ts";

/** What our page says of where the person is, when it sends them to a provider. */
export const wayBack = {
  /** The handle of the pending request that they are about to decide. */
  request: z
    .string()
    .max(LONGEST_HANDLE)
    .regex(/^[A-Za-z0-9_-]+$/)
    .optional(),
  /** A page of the console, such as `/receipts`, or one thing on it, such as `/approvals/` and its id. */
  to: z
    .string()
    .max(60)
    .regex(/^\/(?:[a-z][a-z-]*(?:\/[a-z0-9-]+)?)?$/)
    .optional(),
  /** The assistant that links. */
  channel: z.string().max(20).optional(),
} as const;

interface WayBack {
  readonly request?: string | undefined;
  readonly to?: string | undefined;
  readonly channel?: string | undefined;
}

/** The page of ours where the person goes on: the consent page with its request, or one page of the console. */
export const destinationOf = ({ request, to = "/" }: WayBack): string =>
  request === undefined ? `/app${to === "/" ? "" : to}` : `/app/consent?request=${request}`;

/** The callback address of the assistant that links; that of the pages for every other surface. */
export const channelOf = ({ channel }: WayBack): (typeof callbackChannels)[number] =>
  callbackChannels.find((known) => known === channel) ?? "web";
