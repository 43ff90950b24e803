import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type Bellhop, freePort, startBellhop, until } from "../bellhop.ts";
import { patientPerson, type PatientPerson } from "../clients/patient.ts";
import { privyApp } from "../clients/raw-link.ts";
import { startRoundRobin } from "../clients/round-robin.ts";
import { freshPostgres } from "../database.ts";

const PEOPLE = 100;
/** How many link at the same moment. */
const AT_ONCE = 8;

/** Two processes on one PostgreSQL, and nothing in front that remembers anybody. */
async function startPair(t: TestContext) {
  const [app, port] = [await privyApp(), await freePort()];
  const environment = {
    DATABASE_URL: await freshPostgres(t),
    BELLHOP_SECRET: "one secret for both processes, long enough",
    SERVER_BASE_URL: `http://localhost:${port}`,
    BELLHOP_TRUSTED_PROXIES: "1",
    PRIVY_APP_ID: app.appId,
    PRIVY_VERIFICATION_KEY: app.verificationKey,
  };
  const servers = await Promise.all([startBellhop(t, { environment }), startBellhop(t, { environment })]);
  const front = await startRoundRobin(
    t,
    port,
    servers.map((server) => server.url),
  );
  return {
    front,
    servers,
    people: (first: number) =>
      Array.from({ length: PEOPLE }, (_, index) => patientPerson(front.url, app, first + index)),
  };
}

interface Run {
  /** Awaited before each link. */
  readonly gate?: () => Promise<unknown> | undefined;
  readonly linked?: (count: number) => void;
}

/** Links them all, a few at a time, and returns what their calls were answered with. */
async function linkAll(people: readonly PatientPerson[], { gate, linked }: Run = {}): Promise<number[]> {
  const waiting = people.values();
  const statuses: number[] = [];
  let count = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const person of waiting) {
        await gate?.();
        await person.link();
        statuses.push(await person.call());
        await person.refresh();
        statuses.push(await person.call());
        linked?.((count += 1));
      }
    }),
  );
  return statuses;
}

const allWell = Array.from({ length: 2 * PEOPLE }, () => 200);

async function killAndRestart(server: Bellhop): Promise<void> {
  await server.kill();
  await server.restart();
}

test("two processes behind round robin, no affinity", async (t) => {
  const { front, servers, people } = await startPair(t);
  const early = people(0);

  await t.test(`${PEOPLE} of ${PEOPLE} link, call and refresh`, async () => {
    assert.deepEqual(await linkAll(early), allWell);
    assert.deepEqual([...new Set(early.map((person) => person.signIns))], [1]);
    const shares = [...front.answered.values()];
    assert.ok(Math.min(...shares) > 0.4 * Math.max(...shares), `each has its share: ${shares.join(", ")}`);
  });

  await t.test(
    `a rolling kill -9 of both meanwhile: still ${PEOPLE}, and nobody is asked to sign in again`,
    async () => {
      const late = people(PEOPLE);
      const killedAt: number[] = [];
      let count = 0;
      const killAt = async (least: number, server: Bellhop | undefined): Promise<void> => {
        await until(`${least} to have linked`, () => (count >= least ? true : undefined), 60_000);
        killedAt.push(count);
        if (server) await killAndRestart(server);
      };
      const firstBack = killAt(10, servers[0]);
      const bothBack = firstBack.then(() => killAt(55, servers[1]));
      const statuses = await linkAll(late, {
        // The second half waits for the first process to be back: of two, one is always there.
        gate: () => (count >= PEOPLE / 2 ? firstBack : undefined),
        linked: (now) => (count = now),
      });
      await bothBack;
      assert.deepEqual(statuses, allWell);
      assert.ok(
        killedAt.every((linked) => linked < PEOPLE),
        `both were killed in the middle: ${killedAt.join(", ")}`,
      );
      assert.deepEqual([...new Set(late.map((person) => person.signIns))], [1]);
    },
  );

  await t.test("who linked before the kills still calls and refreshes", async () => {
    for (const person of early.slice(0, 20)) {
      assert.equal(await person.call(), 200);
      await person.refresh();
      assert.equal(await person.call(), 200);
      assert.equal(person.signIns, 1);
    }
  });
});
