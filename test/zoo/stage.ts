import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Bellhop, startBellhop } from "../bellhop.ts";
import { type PrivyApp, privyApp } from "../clients/raw-link.ts";
import { type Documents, serveDocuments } from "./documents.ts";

/** A server as an operator runs it, the web as it sees it, and an app by which people sign in without a page. */
export interface Stage {
  readonly bellhop: Bellhop;
  readonly privy: PrivyApp;
  readonly documents: Documents;
}

export async function startStage(t: TestContext, environment: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const [privy, documents] = [await privyApp(), await serveDocuments(t)];
  const bellhop = await startBellhop(t, {
    program: join(import.meta.dirname, "server.ts"),
    environment: {
      PRIVY_APP_ID: privy.appId,
      PRIVY_VERIFICATION_KEY: privy.verificationKey,
      DOCUMENTS_PORT: String(documents.port),
      ...environment,
    },
  });
  return { bellhop, privy, documents };
}
