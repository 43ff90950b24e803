import type { TestContext } from "node:test";
import { type Bellhop, startBellhop } from "../bellhop.ts";
import { type PrivyApp, privyApp } from "../clients/raw-link.ts";

/** A server as an operator runs it, and an app by which people sign in to it without a page. */
export interface Stage {
  readonly bellhop: Bellhop;
  readonly privy: PrivyApp;
}

export async function startStage(t: TestContext, environment: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const privy = await privyApp();
  const bellhop = await startBellhop(t, {
    environment: { PRIVY_APP_ID: privy.appId, PRIVY_VERIFICATION_KEY: privy.verificationKey, ...environment },
  });
  return { bellhop, privy };
}
