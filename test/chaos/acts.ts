import { setTimeout as pause } from "node:timers/promises";
import type { Bellhop } from "../bellhop.ts";
import { rawCall } from "../clients/raw-call.ts";
import type { Dice } from "../oauth/fuzz/dice.ts";
import { type Act, type Finding, hear, isUnanswered, type Kind } from "./book.ts";
import type { LinkedPerson } from "../clients/linked-person.ts";

/** What happens in a round, and to whom. */
export interface Scene {
  readonly people: readonly LinkedPerson[];
  readonly servers: readonly Bellhop[];
  /** Every call of the round. */
  readonly acts: Act[];
  readonly findings: Finding[];
  /** Names what no call before was named. */
  readonly freshKey: () => string;
}

const PATIENCE_MS = 15_000;

/** How often each kind is drawn. */
const drawn: readonly Kind[] = [
  ...(["echo", "echo", "slow_read"] as const),
  ...(["note_now", "note_now", "note_now", "note", "note", "note"] as const),
  ...(["pay", "pay", "pay", "pay_idempotent", "pay_idempotent", "pay_idempotent"] as const),
  ...(["long_job", "long_job"] as const),
];

function inputOf(kind: Kind, key: string, dice: Dice): Act["input"] {
  if (kind === "echo") return { text: key };
  if (kind === "slow_read") return { ms: dice.below(900) };
  if (kind === "long_job") return { word: key, ms: dice.below(1200) };
  if (kind === "note") return { word: key, confirm: true, approved: true };
  if (kind === "note_now") return { word: key };
  return { amount: String(1 + dice.below(99)), to: key };
}

function wishOf(kind: Kind, dice: Dice): Act["wish"] {
  if (kind === "note" || kind === "pay" || kind === "pay_idempotent") return dice.below(5) === 0 ? "reject" : "approve";
  return kind === "long_job" && dice.below(3) === 0 ? "cancel" : null;
}

/** A new call, not made yet. */
export function newAct({ people, acts, freshKey }: Scene, dice: Dice): Act {
  const kind = dice.pick(drawn);
  const key = freshKey();
  const act: Act = {
    kind,
    key,
    input: inputOf(kind, key, dice),
    person: dice.pick(people),
    wish: wishOf(kind, dice),
    done: undefined,
    refused: undefined,
    pending: null,
    told: undefined,
    said: [],
  };
  acts.push(act);
  return act;
}

/** Makes a call, or makes it again. An answer that does not come is no answer. */
export async function make(scene: Scene, act: Act, at: Bellhop): Promise<void> {
  const { kind, input, key, person } = act;
  const call = { mcpUrl: at.mcpUrl, accessToken: person.accessToken, name: kind, input, operationId: key };
  try {
    scene.findings.push(...hear(act, await rawCall({ ...call, signal: AbortSignal.timeout(PATIENCE_MS) })));
  } catch (error) {
    act.said.push(error instanceof Error ? error.message : String(error));
    if (error instanceof Error && error.name === "TimeoutError")
      scene.findings.push({ trouble: "stuck", what: `${kind} ${key} was not answered within ${PATIENCE_MS} ms` });
  }
}

/** The person says what they wish, if it can be said now. What they are not told, they may say again. */
export async function wish(scene: Scene, act: Act, at: Bellhop): Promise<void> {
  const { pending, person, wish: wanted } = act;
  if (!pending || !wanted || act.told) return;
  if ((pending.kind === "job") !== (wanted === "cancel")) return;
  try {
    const said =
      wanted === "cancel" ? await person.cancel(at, pending.id) : await person.decide(at, pending.id, wanted);
    act.said.push(`${wanted}: ${said.status} ${said.code ?? ""}`);
    if (said.status === 200) act.told = "taken";
    // Decided before, by an answer that was lost; or it has ended by itself; or the wish goes on as a job.
    else if (said.status === 409) act.told = "late";
    else if (said.status >= 500) act.said.push("again");
    else
      scene.findings.push({
        trouble: "lost",
        what: `${act.kind} ${act.key}: ${wanted} was answered with ${said.code}`,
      });
  } catch (error) {
    act.said.push(`${wanted}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One assistant with one call at a time, and its person, until they are told to stop. */
export async function work(scene: Scene, dice: Dice, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const act = newAct(scene, dice);
    const at = (): Bellhop => dice.pick(scene.servers);
    // An assistant that is unsure sends the same call twice, to whoever answers.
    const times = dice.below(6) === 0 ? 2 : 1;
    await Promise.all(Array.from({ length: times }, () => make(scene, act, at())));
    if (dice.below(5) > 0) await wish(scene, act, at());
    // Whoever met nobody waits a while, as a client does.
    await pause(isUnanswered(act) ? 100 + dice.below(200) : dice.below(20));
  }
}
