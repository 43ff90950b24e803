import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { sql } from "kysely";
import { eachEngine } from "../../test/database.ts";
import { createLog } from "./log.ts";

const tables = [
  { name: "0001-people", statements: ["create table people (id int primary key, address text not null unique)"] },
];

eachEngine("the log says what broke and where, and nothing that people said", tables, async (_t, database) => {
  let written = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString("utf8");
      done();
    },
  });
  const log = createLog("info", stream);
  const insert = () => sql`insert into people values (1, ${"ana@example.com"})`.execute(database.handle);
  await insert();
  const failure: unknown = await insert().catch((error: unknown) => error);
  log.error({ requestId: "request-1", err: new Error("The call failed.", { cause: failure }) }, "A call failed.");
  assert.match(written, /request-1/);
  assert.match(written, /duplicate key value violates unique constraint/);
  assert.match(written, /"code":"23505"/);
  assert.match(written, /log\.test\.ts/);
  assert.doesNotMatch(written, /ana@example\.com/);
});
