import { setTimeout as pause } from "node:timers/promises";
import { rawCall } from "../clients/raw-call.ts";
import { linkWithPrivy, type PrivyApp } from "../clients/raw-link.ts";

/** Fewer than may register in a minute from one address. */
const PEOPLE = 10;
/** Every fifth call changes something, so that receipts of both kinds are written beside each other. */
const WRITES_EVERY = 5;

const items = ["travel-lisbon", "invoice-2041", "access-analytics", "order-chairs"];
const actions = ["approve", "archive", "restore"];

/** Access tokens of different people. */
export async function linkPeople(url: string, app: PrivyApp): Promise<readonly string[]> {
  const tokens: string[] = [];
  for (let person = 1; person <= PEOPLE; person += 1)
    tokens.push((await linkWithPrivy(url, app, `did:privy:load-${person}`)).access_token);
  return tokens;
}

interface CallersPlan {
  readonly mcpUrl: string;
  readonly tokens: readonly string[];
  readonly callers: number;
  readonly seconds: number;
}

/** What callers have met. */
export interface Met {
  readonly calls: number;
  readonly writes: number;
  /** What went wrong, in words; the same words once. */
  readonly errors: ReadonlySet<string>;
}

/** The call of one turn: an echo, or a decision on an item. Both eras are called, the newer one more often. */
function callOf(turn: number) {
  const era = turn % 3 === 0 ? ("2025-11-25" as const) : ("2026-07-28" as const);
  if (turn % WRITES_EVERY !== 0) return { name: "echo", input: { text: `turn ${turn}` }, era };
  const [itemId, action] = [items[turn % items.length], actions[turn % actions.length]];
  return { name: "perform-item-action", input: { itemId, action }, era };
}

/** Calls as fast as answers come, each caller one call at a time, until the time is over. */
export async function callFor({ mcpUrl, tokens, callers, seconds }: CallersPlan): Promise<Met> {
  const end = Date.now() + seconds * 1000;
  const errors = new Set<string>();
  let [calls, writes] = [0, 0];
  const caller = async (): Promise<void> => {
    while (Date.now() < end) {
      const turn = (calls += 1);
      const call = callOf(turn);
      if (call.name !== "echo") writes += 1;
      try {
        const { error } = await rawCall({ mcpUrl, accessToken: tokens[turn % tokens.length] ?? "", ...call });
        if (error !== null) errors.add(`${call.name}: ${error}`);
      } catch (error) {
        errors.add(String(error));
        await pause(10);
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { calls, writes, errors };
}
