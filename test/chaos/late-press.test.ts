import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import * as z from "zod";
import { until } from "../bellhop.ts";
import { rawCall } from "../clients/raw-call.ts";
import { openWorld } from "./world.ts";

const pendingJob = z.object({ pending: z.object({ kind: z.literal("job"), id: z.string() }) });

test("a press that takes longer than an answer may is not said to be done, and is done all the same", async (t) => {
  const world = await openWorld(t, "postgres", 1);
  const [server] = world.servers;
  assert.ok(server);
  const person = await world.newPerson();
  const { mcpUrl } = server;
  const input = { word: "late", ms: 60_000 };
  const begun = await rawCall({ mcpUrl, accessToken: person.accessToken, name: "long_job", input });
  const { id } = pendingJob.parse(begun.data).pending;

  const other = new pg.Client({ connectionString: world.environment["DATABASE_URL"] });
  await other.connect();
  try {
    await other.query("begin");
    await other.query("select from operations where id = $1 for update", [id]);
    const said = await person.cancel(server, id);
    assert.deepEqual([said.status, said.code], [409, "operation_running"]);
    await other.query("rollback");
  } finally {
    await other.end();
  }
  await until(
    "the job to be cancelled",
    async () => (await person.job(server, id)).status === "cancelled" || undefined,
  );
});
