import type { Channel } from "../kernel/principal.ts";

/** Our own surfaces that call the tools for a person, without a client that the person linked. */
export type ServiceChannel = Extract<Channel, "stdio" | "voice" | "x">;
