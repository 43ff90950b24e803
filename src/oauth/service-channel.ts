import type { Channel } from "../kernel/principal.ts";

/** Our own surfaces that call the tools for a person, without a client that the person linked. */
const serviceChannels = ["stdio", "voice", "x"] as const satisfies readonly Channel[];
export type ServiceChannel = (typeof serviceChannels)[number];

export const isServiceChannel = (channel: Channel): channel is ServiceChannel =>
  serviceChannels.some((one) => one === channel);
