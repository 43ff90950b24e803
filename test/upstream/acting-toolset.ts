import { createHash } from "node:crypto";
import * as z from "zod";
import type { House } from "../../src/app/parts.ts";
import type { Handle } from "../../src/database/handle.ts";
import { type Toolset, defineTool, defineToolset } from "../../src/kernel/tool.ts";

interface ActingPorts {
  readonly upstreamToken: House["upstreamToken"];
  /** Whose sign-in the service takes. */
  readonly provider: string;
  /** Asks the company's own service in the person's name. */
  readonly ask: (token: string) => Promise<string>;
}

const whoAmI = defineTool<ActingPorts>({
  name: "who_am_i_there",
  title: "Who am I there",
  description: "Use this to learn who the person is at the company's own service.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: true,
  scopes: ["read"],
  audience: "assistant",
  examples: ["who am I at the company"],
  input: z.object({}),
  output: z.object({ name: z.string() }),
  async run(_input, ctx) {
    const name = await ctx.ask(await ctx.upstreamToken(ctx.principal.userId, ctx.provider));
    return { text: `There you are ${name}.`, data: { name } };
  },
});

/** A company's own toolset, whose tool acts with the person's own sign-in. */
export const actingToolset = ({ upstreamToken }: House, provider: string, ask: ActingPorts["ask"]): Toolset<Handle> =>
  defineToolset({ name: "acting", title: "Acting", tools: [whoAmI], ports: () => ({ upstreamToken, provider, ask }) });

export const fingerprint = (token: string): string => createHash("sha256").update(token).digest("hex").slice(0, 12);
