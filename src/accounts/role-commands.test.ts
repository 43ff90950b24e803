import assert from "node:assert/strict";
import { eachEngine } from "../../test/database.ts";
import { AppError } from "../kernel/errors.ts";
import { runOperatorCommand } from "../kernel/operator-command.ts";
import { migrations } from "./migrations/index.ts";
import { rolesOf } from "./records/roles.ts";
import { deleteUser, findUser, signInUser } from "./records/users.ts";
import { roleCommands } from "./role-commands.ts";

const now = new Date("2026-11-21T09:00:00.000Z");

eachEngine("bellhop admin", migrations, async (t, database) => {
  const commands = roleCommands({ database, clock: () => now, baseUrl: "https://bellhop.example" });
  const run = (name: string, input: unknown = {}) => runOperatorCommand(commands, name, input);
  const signIn = (issuer: string, subject: string, label = subject) =>
    database.transaction((handle) => signInUser(handle, { issuer, subject, label }, now));
  const refused = async (work: Promise<unknown>): Promise<AppError> => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof AppError);
    return error;
  };

  await t.test("nobody is an administrator until the operator says so", async () => {
    const ana = await signIn("email", "ana@example.com");
    assert.deepEqual(await run("admin.list"), { admins: [] });
    assert.deepEqual(await rolesOf(database.handle, ana), new Set());
    assert.deepEqual((await findUser(database.handle, ana))?.roles, []);
  });

  await t.test("makes the person who signs in with an address an administrator, however it is typed", async () => {
    const ana = await signIn("email", "ana@example.com");
    const first = await run("admin.grant", { email: " Ana@Example.com " });
    assert.deepEqual(first, { email: "ana@example.com", userId: ana, changed: true });
    const second = await run("admin.grant", { email: "ana@example.com" });
    assert.deepEqual(second, { email: "ana@example.com", userId: ana, changed: false });
    assert.deepEqual(await run("admin.list"), {
      admins: [{ userId: ana, label: "ana@example.com", grantedAt: now.toISOString() }],
    });
    assert.deepEqual((await findUser(database.handle, ana))?.roles, ["admin"]);
  });

  await t.test("takes it back", async () => {
    const ana = await signIn("email", "ana@example.com");
    assert.deepEqual(await run("admin.revoke", { email: "ana@example.com" }), {
      email: "ana@example.com",
      userId: ana,
      changed: true,
    });
    assert.deepEqual(await run("admin.list"), { admins: [] });
    assert.deepEqual(await rolesOf(database.handle, ana), new Set());
  });

  await t.test("says what to do when nobody signs in with the address", async () => {
    const error = await refused(run("admin.grant", { email: "nobody@example.com" }));
    assert.equal(error.code, "not_found");
    assert.match(error.message, /nobody@example\.com/);
    assert.match(error.next, /https:\/\/bellhop\.example\/app/);
  });

  await t.test("does not believe what another provider says of an address", async () => {
    await signIn("https://idp.example", "subject-1", "boss@example.com");
    assert.equal((await refused(run("admin.grant", { email: "boss@example.com" }))).code, "not_found");
  });

  await t.test("refuses what is no address", async () => {
    assert.equal((await refused(run("admin.grant", { email: "ana" }))).code, "invalid_input");
    assert.equal((await refused(run("admin.grant", {}))).code, "invalid_input");
  });

  await t.test("goes with the person", async () => {
    const ben = await signIn("email", "ben@example.com");
    await run("admin.grant", { email: "ben@example.com" });
    await database.transaction((handle) => deleteUser(handle, ben));
    assert.deepEqual(await run("admin.list"), { admins: [] });
  });
});
