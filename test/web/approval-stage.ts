import type { TestContext } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { until } from "../bellhop.ts";
import { approvalId, approvalOf } from "./approvals-contract.ts";
import { signedIn } from "./console-room.ts";
import type { World } from "./world.ts";
import type { Visit } from "./stage.ts";

/** What the first approval is about. */
export const SENTENCE = "Swap 1 SOL for at least 148.20 USDC";

/** Opens the card of the first approval. */
export async function atCard(
  t: TestContext,
  approval = approvalOf(0),
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const visited = await signedIn(t, options);
  visited.world.approvals.list = [approval, approvalOf(1)];
  await visited.page.goto(`${visited.url}/app/approvals/${approvalId(0)}`);
  await visited.page.getByRole("heading", { level: 1 }).waitFor();
  return visited;
}

/** The button of exactly this name. */
export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Waits until so many windows follow what happens. */
export const followed = (world: World, windows = 1) =>
  until("every window to follow", () => (world.lines.size === windows ? true : undefined));
