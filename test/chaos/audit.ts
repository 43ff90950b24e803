import { verifyReceiptFile } from "../../src/kernel/receipt-file.ts";
import type { LinkedPerson } from "../clients/linked-person.ts";
import type { Dice } from "../oauth/fuzz/dice.ts";
import { make, type Scene } from "./acts.ts";
import type { Act, Finding } from "./book.ts";
import { judge } from "./rules.ts";
import { inList, tracesOf } from "./traces.ts";
import type { World } from "./world.ts";

/** Verifies the file of a person's receipts as whoever has nothing but the file. */
async function provenBy(world: World, person: LinkedPerson, { acts }: Scene): Promise<readonly Finding[]> {
  const [at] = world.servers;
  if (!at) return [];
  const file = await person.receiptFile(at);
  if (file === null) {
    // Who has done nothing yet has none.
    const did = acts.filter((act) => act.person === person).length;
    return did === 0 ? [] : [{ trouble: "lost", what: `${person.name} did ${did} things and has no receipts` }];
  }
  const verdict = await verifyReceiptFile(file);
  if (verdict.ok) return [];
  return [
    { trouble: "lost", what: `the receipts of ${person.name} do not verify: line ${verdict.line}, ${verdict.reason}` },
  ];
}

/**
 * What a person did in their console and nobody did again, as its process died, is closed by a sweep: two minutes after it
 * began, whenever a server starts, and every round sets the clock ahead by less than that.
 */
const SWEPT_AFTER_MS = 300_000;

/** What holds for all tables: nothing is held beyond its lease, nothing stays open, and each answer has its receipt. */
async function wholeTables(world: World, { acts }: Scene): Promise<readonly Finding[]> {
  const before = new Date(world.now().getTime() - SWEPT_AFTER_MS).toISOString();
  const beyond = await world.look(`
    select id, tool, attempt from tool_jobs
    where status = 'running' and lease_until < clock_timestamp() - interval '2 seconds'`);
  const open = await world.look(
    `select id, tool from receipts where outcome = 'open' and started_at < '${before}'::timestamptz`,
  );
  const answered = acts.flatMap(({ done }) => (done ? [done.receiptId] : []));
  const there = await world.look(`select id from receipts where outcome = 'ok' and id::text in (${inList(answered)})`);
  const ids = new Set(there.map(({ id }) => id));
  return [
    ...beyond.map((job) => ({
      trouble: "stuck" as const,
      what: `a job is held beyond its lease: ${JSON.stringify(job)}`,
    })),
    ...open.map((receipt) => ({ trouble: "stuck" as const, what: `a receipt is open: ${JSON.stringify(receipt)}` })),
    ...answered
      .filter((id) => !ids.has(id))
      .map((id) => ({ trouble: "lost" as const, what: `an answer lost its receipt ${id}` })),
  ];
}

/** The file of a job, as its person gets it: by the link that the job's page shows. */
async function wrongFile(world: World, act: Act): Promise<readonly Finding[]> {
  const [at] = world.servers;
  if (!at || act.kind !== "long_job" || !act.pending) return [];
  const { status, resultPayload } = await act.person.job(at, act.pending.id);
  const url = resultPayload?.artifacts[0]?.url;
  if (status !== "completed" || (url !== undefined && (await act.person.artifact(at, url)) === act.key)) return [];
  return [{ trouble: "lost", what: `long_job ${act.key} has another file than it made` }];
}

/** Calls that are sent once more in the end. */
const SENT_AGAIN = 5;

/** The same call, sent once more after all has ended, says what was said before, and does nothing. */
async function sendAgain(scene: Scene, dice: Dice): Promise<void> {
  const answered = scene.acts.filter(({ done }) => done);
  for (let turn = 0; turn < Math.min(SENT_AGAIN, answered.length); turn += 1)
    await make(scene, dice.pick(answered), dice.pick(scene.servers));
}

/** Everything that is wrong after a round in which all has settled. */
export async function audit(world: World, scene: Scene, dice: Dice): Promise<readonly Finding[]> {
  await sendAgain(scene, dice);
  const traces = await tracesOf(world, scene.acts);
  const found: Finding[] = scene.acts.flatMap((act) => judge(act, traces(act)));
  for (const act of scene.acts) found.push(...(await wrongFile(world, act)));
  found.push(...(await wholeTables(world, scene)));
  for (const person of scene.people) found.push(...(await provenBy(world, person, scene)));
  return found;
}
