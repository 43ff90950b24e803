import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import * as z from "zod";
import { grantRole, revokeRole } from "../../src/accounts/records/roles.ts";
import { migrations } from "../../src/app/migrations.ts";
import { mount } from "../../src/app/mount.ts";
import { buildRooms, type Rooms } from "../../src/app/rooms.ts";
import { parseConfig } from "../../src/config/config.ts";
import type { Database } from "../../src/database/handle.ts";
import type { Routes } from "../../src/http/router.ts";
import { listen } from "../../src/http/server.ts";
import { freePort } from "../bellhop.ts";
import { callTool, linkWithPrivy, type PrivyApp, privyApp } from "../clients/raw-link.ts";
import { eachEngine } from "../database.ts";

interface House {
  readonly url: string;
  readonly database: Database;
  readonly rooms: Rooms;
  readonly routes: Routes;
  readonly app: PrivyApp;
  /** What the log was told. */
  readonly faults: readonly string[];
}

const refusal = z.object({ error: z.string() });
const receipted = z.object({ receiptId: z.uuid() });

/** One process of a server: its own rooms and its own port, on a database that several may share. */
async function open(t: TestContext, database: Database, app: PrivyApp, baseUrl?: string): Promise<House> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { config } = parseConfig({
    PORT: String(port),
    SERVER_BASE_URL: baseUrl ?? url,
    PRIVY_APP_ID: app.appId,
    PRIVY_VERIFICATION_KEY: app.verificationKey,
  });
  const clock = () => new Date();
  const faults: string[] = [];
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_facts: object, sentence: string) => void faults.push(sentence),
  };
  const parts = { config, log, print: () => undefined };
  const rooms = await buildRooms(parts, database, "a master secret of this test", clock);
  t.after(() => Promise.all([rooms.feed.close(), rooms.jobs.close()]));
  const routes = mount(parts, rooms, database, clock);
  const server = await listen(routes, "127.0.0.1", port);
  t.after(() => server.close(0));
  return { url, database, rooms, routes, app, faults };
}

/** A person's browser, signed in. */
async function browserOf({ url, app }: House, subject: string) {
  const signedIn = await fetch(`${url}/api/sign-in/privy`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ token: await app.token({ subject }) }),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { user } = z.object({ user: z.object({ id: z.string(), label: z.string() }) }).parse(await signedIn.json());
  const ask = (method: string, path: string, body?: unknown) =>
    fetch(url + path, {
      method,
      headers: { origin: url, cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { ...user, ask };
}

const answer = async <Schema extends z.ZodType>(
  response: Promise<Response>,
  schema: Schema,
): Promise<z.output<Schema>> => {
  const settled = await response;
  const body: unknown = await settled.json();
  assert.equal(settled.status, 200, JSON.stringify(body));
  return schema.parse(body);
};

const refusedWith = async (response: Response): Promise<string> =>
  `${response.status} ${refusal.parse(await response.json()).error}`;

const links = z.object({
  links: z.array(
    z.object({
      id: z.string(),
      clientId: z.string(),
      clientName: z.string(),
      user: z.object({ id: z.string(), label: z.string() }),
    }),
  ),
  next: z.string().nullable(),
});

/** Addresses of administrators, as the router has them. */
const adminRoutes = ({ routes }: House) =>
  routes.routes.filter(
    ({ method, path }) => method !== "ALL" && (path.startsWith("/api/admin/") || path.startsWith("/oauth/clients/")),
  );

eachEngine("administrators", migrations, async (t, database) => {
  const app = await privyApp();
  const house = await open(t, database, app);
  const [ana, ben] = [await browserOf(house, "did:privy:ana"), await browserOf(house, "did:privy:ben")];
  await grantRole(database.handle, ana.id, "admin", "operator", new Date());
  const mcpUrl = `${house.url}/mcp`;
  const linkOf = (subject: string) => linkWithPrivy(house.url, app, subject);
  const works = async (token: string) => (await callTool(mcpUrl, token, "echo", { text: "hello" })).status;

  await t.test(
    "only they reach any of the routes: no other person, no stranger, and no assistant of theirs",
    async () => {
      const own = await linkOf("did:privy:ana");
      const known = {
        id: (await answer(ana.ask("GET", "/api/admin/grants"), links)).links[0]?.id ?? "",
        client: own.clientId,
      };
      const swept = adminRoutes(house);
      assert.equal(swept.length, 15, swept.map(({ method, path }) => `${method} ${path}`).join(", "));
      for (const { method, path } of swept) {
        const document = encodeURIComponent("https://claude.ai/client.json");
        for (const id of [known.id, known.client, ben.id, ana.id, "no-id", document]) {
          const address = path.replace(":id", id);
          for (const body of method === "PATCH"
            ? [{}, { disabled: true }, { channel: "mcp", enabled: false }, []]
            : [undefined]) {
            const what = `${method} ${address} ${JSON.stringify(body)}`;
            const asBen = await ben.ask(method, address, body);
            assert.ok([400, 403].includes(asBen.status), what);
            if (!Array.isArray(body)) assert.equal(await refusedWith(asBen), "403 role_required", what);
            const headers = {
              origin: house.url,
              ...(body === undefined ? {} : { "content-type": "application/json" }),
            };
            const sent = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
            assert.ok([400, 401].includes((await fetch(house.url + address, sent)).status), what);
            const bearer = { ...sent, headers: { ...headers, authorization: `Bearer ${own.access_token}` } };
            assert.ok([400, 401].includes((await fetch(house.url + address, bearer)).status), what);
            const foreign = { ...sent, headers: { ...headers, origin: "https://evil.example" } };
            assert.ok([400, 403].includes((await fetch(house.url + address, foreign)).status), what);
          }
        }
      }
      for (const name of ["list_links", "list_users", "set_channel"]) {
        const called = await (
          await callTool(mcpUrl, own.access_token, name, { userId: ben.id, channel: "mcp", enabled: false })
        ).text();
        assert.doesNotMatch(called, /"links"|"users"|"enabled"/, name);
        assert.match(called, /tool_not_allowed/, `${name}: ${called}`);
      }
      assert.equal(await works(own.access_token), 200, "nothing of it was done");
    },
  );

  await t.test("a person's own routes never reach what is another's", async () => {
    const own = await linkOf("did:privy:ana");
    const { grants } = await answer(
      ana.ask("GET", "/api/grants"),
      z.object({ grants: z.array(z.object({ id: z.string() })) }),
    );
    const before = JSON.stringify(grants);
    const foreign = house.routes.routes.filter(
      ({ method, path }) => method !== "ALL" && /^\/api\/(?!admin).*:id/.test(path),
    );
    assert.ok(foreign.some(({ path }) => path === "/api/grants/:id"));
    for (const { method, path } of foreign) {
      for (const { id } of [...grants, { id: ana.id }]) {
        const body =
          method === "PATCH"
            ? { scopes: ["read"], payload: "mine", label: "mine" }
            : method === "POST"
              ? {}
              : undefined;
        const response = await ben.ask(method, path.replace(":id", id), body);
        assert.equal(response.status, 404, `${method} ${path}`);
      }
    }
    const after = await answer(
      ana.ask("GET", "/api/grants"),
      z.object({ grants: z.array(z.object({ id: z.string() })) }),
    );
    assert.equal(JSON.stringify(after.grants), before);
    assert.equal(await works(own.access_token), 200);
    const attempts = await answer(ben.ask("GET", "/api/link-attempts"), z.object({ attempts: z.array(z.unknown()) }));
    assert.deepEqual(attempts.attempts, []);
  });

  await t.test("a person narrows their own link: it holds at its next call, and leaves a receipt", async () => {
    const { access_token: token } = await linkOf("did:privy:ana");
    const { grants } = await answer(
      ana.ask("GET", "/api/grants"),
      z.object({ grants: z.array(z.object({ id: z.string() })) }),
    );
    const write = async () =>
      (await callTool(mcpUrl, token, "extract_intent", { fullInputText: "I look for a luthier in Delft." })).status;
    assert.equal(await write(), 200);
    const path = `/api/grants/${grants[0]?.id}`;
    const narrowed = await answer(
      ana.ask("PATCH", path, { scopes: ["read"] }),
      receipted.extend({ scopes: z.array(z.string()) }),
    );
    assert.deepEqual(narrowed.scopes, ["read"]);
    assert.deepEqual([await write(), await works(token)], [403, 200]);
    for (const scopes of [["read", "write"], [], ["admin"], "read", undefined])
      assert.equal(await refusedWith(await ana.ask("PATCH", path, { scopes })), "400 invalid_input", String(scopes));
    const page = z.object({ receipts: z.array(z.object({ outcome: z.string() })) });
    const receipts = await answer(ana.ask("GET", "/receipts?tool=narrow_link&outcome=ok"), page);
    assert.equal(receipts.receipts.length, 1);
  });

  await t.test("find anybody's link by its person or its client, page by page, and end it", async () => {
    const { access_token: token } = await linkOf("did:privy:ben");
    const found = await answer(ana.ask("GET", `/api/admin/grants?q=privy:BEN&limit=1`), links);
    assert.deepEqual(
      found.links.map(({ user, clientName }) => [user.id, clientName]),
      [[ben.id, "Scripted client"]],
    );
    const pages = [await answer(ana.ask("GET", "/api/admin/grants?limit=1"), links)];
    while (pages.at(-1)?.next)
      pages.push(await answer(ana.ask("GET", `/api/admin/grants?limit=1&cursor=${pages.at(-1)?.next}`), links));
    const all = pages.flatMap((page) => page.links.map(({ id }) => id));
    assert.deepEqual([all.length, new Set(all).size], [4, 4]);
    assert.equal((await answer(ana.ask("GET", "/api/admin/grants?q=nobody"), links)).links.length, 0);
    await answer(ana.ask("DELETE", `/api/admin/grants/${found.links[0]?.id}`), receipted);
    assert.equal(await works(token), 401);
    assert.equal(
      await refusedWith(await ana.ask("DELETE", `/api/admin/grants/${found.links[0]?.id}`)),
      "404 not_found",
    );
  });

  await t.test("cut a client off and restore it, by the same name, whatever its id holds", async () => {
    const { access_token: token, clientId } = await linkOf("did:privy:ben");
    await answer(ana.ask("PATCH", `/api/admin/clients/${clientId}`, { disabled: true }), receipted);
    assert.equal(await works(token), 403);
    const clients = z.object({
      clients: z.array(z.object({ id: z.string(), links: z.number(), disabledAt: z.string().nullable() })),
    });
    const [shown] = (await answer(ana.ask("GET", `/api/admin/clients?q=${clientId}`), clients)).clients;
    assert.deepEqual([shown?.id, shown?.links, shown?.disabledAt === null], [clientId, 1, false]);
    await answer(ana.ask("PATCH", `/api/admin/clients/${clientId}`, { disabled: false }), receipted);
    assert.equal(await works(token), 200);
    assert.equal(await refusedWith(await ana.ask("PATCH", `/api/admin/clients/${clientId}`, {})), "400 invalid_input");
    const foreign = encodeURIComponent("https://nobody.example/client.json");
    assert.equal(
      await refusedWith(await ana.ask("PATCH", `/api/admin/clients/${foreign}`, { disabled: true })),
      "404 not_found",
    );
    assert.equal(await works(token), 200, "a request that says neither cuts nobody off");
  });

  await t.test("delete a client at its published address, and every link of it ends", async () => {
    const { access_token: token, clientId } = await linkOf("did:privy:ben");
    await answer(ana.ask("DELETE", `/oauth/clients/${clientId}`), receipted);
    assert.equal(await works(token), 401);
    assert.equal(await refusedWith(await ana.ask("DELETE", `/oauth/clients/${clientId}`)), "404 not_found");
  });

  await t.test("cut a person off and restore them, and never themselves", async () => {
    const { access_token: token } = await linkOf("did:privy:ben");
    await answer(ana.ask("PATCH", `/api/admin/users/${ben.id}`, { disabled: true }), receipted);
    assert.equal(await works(token), 403);
    const emulated = await ben.ask("POST", "/api/emulator/mcp/mcp", { jsonrpc: "2.0", id: 1, method: "tools/list" });
    assert.equal(await refusedWith(emulated), "403 account_disabled", "nor does anything act for them in the emulator");
    assert.equal((await ben.ask("GET", "/receipts")).status, 200, "what is theirs stays theirs to see");
    const users = z.object({
      users: z.array(z.object({ id: z.string(), cutOffAt: z.string().nullable(), roles: z.array(z.string()) })),
    });
    const listed = await answer(ana.ask("GET", "/api/admin/users"), users);
    assert.deepEqual(
      listed.users.map(({ id, cutOffAt, roles }) => [id, cutOffAt !== null, ...roles]),
      [
        [ben.id, true],
        [ana.id, false, "admin"],
      ],
    );
    await answer(ana.ask("PATCH", `/api/admin/users/${ben.id}`, { disabled: false }), receipted);
    assert.equal(await works(token), 200);
    assert.equal(
      await refusedWith(await ana.ask("PATCH", `/api/admin/users/${ana.id}`, { disabled: true })),
      "409 conflict",
    );
  });

  await t.test(
    "give a person a tier, which everybody who looks sees at once; nobody gives themselves one",
    async () => {
      const path = `/api/admin/users/${ben.id}/tier`;
      const usage = z.object({ tier: z.object({ name: z.string(), until: z.string().nullable() }) });
      const tierOf = async () => (await answer(ben.ask("GET", "/api/usage"), usage)).tier;
      assert.deepEqual(await tierOf(), { name: "free", until: null });
      const until = new Date(Date.now() + 86_400_000).toISOString();
      await answer(ana.ask("PUT", path, { tier: "pro", until }), receipted);
      assert.deepEqual([(await tierOf()).name, (await tierOf()).until], ["pro", until]);
      const users = z.object({
        users: z.array(z.object({ id: z.string(), tier: z.string(), until: z.string().nullable() })),
      });
      assert.deepEqual((await answer(ana.ask("GET", "/api/admin/users"), users)).users, [
        { id: ben.id, tier: "pro", until },
        { id: ana.id, tier: "free", until: null },
      ]);
      assert.equal(await refusedWith(await ben.ask("PUT", path, { tier: "pro" })), "403 role_required");
      for (const wrong of [{}, { tier: "gold" }, { tier: "pro", until: "2020-01-01T00:00:00Z" }])
        assert.equal(await refusedWith(await ana.ask("PUT", path, wrong)), "400 invalid_input", JSON.stringify(wrong));
      await answer(ana.ask("PUT", path, { tier: "free" }), receipted);
      assert.equal((await tierOf()).name, "free");
    },
  );

  await t.test(
    "switch a channel, for one account and for everyone; another process obeys at its next call",
    async () => {
      const second = await open(t, database, app, house.url);
      const { access_token: token } = await linkOf("did:privy:ben");
      const there = async () => (await callTool(`${second.url}/mcp`, token, "echo", { text: "hello" })).status;
      assert.equal(await there(), 200);
      const set = (body: unknown) => answer(ana.ask("PATCH", "/api/admin/channels", body), receipted);
      await set({ channel: "mcp", enabled: false, userId: ben.id });
      assert.deepEqual([await works(token), await there()], [403, 403]);
      await set({ channel: "mcp", enabled: null, userId: ben.id });
      assert.deepEqual([await works(token), await there()], [200, 200]);
      await set({ channel: "mcp", enabled: false });
      assert.deepEqual([await works(token), await there()], [403, 403]);
      const channels = z.object({ channels: z.array(z.object({ channel: z.string(), enabled: z.boolean() })) });
      const off = (await answer(ana.ask("GET", "/api/admin/channels"), channels)).channels.filter(
        ({ enabled }) => !enabled,
      );
      assert.deepEqual(
        off,
        [{ channel: "mcp", enabled: false, offered: true }].map(({ channel, enabled }) => ({ channel, enabled })),
      );
      await set({ channel: "mcp", enabled: true });
      assert.deepEqual([await works(token), await there()], [200, 200]);
      for (const wrong of [
        { channel: "web", enabled: false },
        { channel: "mcp", enabled: null },
        { channel: "fax", enabled: true },
      ])
        assert.equal(await refusedWith(await ana.ask("PATCH", "/api/admin/channels", wrong)), "400 invalid_input");
    },
  );

  await t.test("see why linking failed, of anybody; a person sees their own", async () => {
    const response = await fetch(`${house.url}/authorize?client_id=from-before&redirect_uri=https://x.example/cb`);
    assert.equal(response.status, 400);
    await house.rooms.oauth.attempts.settled();
    const attempts = z.object({
      attempts: z.array(
        z.object({
          state: z.string(),
          user: z.object({ id: z.string() }).nullable(),
          steps: z.array(z.object({ step: z.string(), code: z.string().nullable(), fix: z.string().nullable() })),
        }),
      ),
    });
    const failed = await answer(ana.ask("GET", "/api/admin/link-attempts?state=failed&q=from-before"), attempts);
    assert.deepEqual(
      failed.attempts[0]?.steps.map(({ step, code }) => [step, code]),
      [["authorize", "invalid_client"]],
    );
    assert.match(failed.attempts[0]?.steps[0]?.fix ?? "", /Remove the connector there and add it again/);
    const ofBen = await answer(ana.ask("GET", `/api/admin/link-attempts?userId=${ben.id}`), attempts);
    const own = await answer(ben.ask("GET", "/api/link-attempts"), z.object({ attempts: z.array(z.unknown()) }));
    assert.ok(own.attempts.length > 0);
    assert.equal(ofBen.attempts.length, own.attempts.length);
    assert.ok(ofBen.attempts.every(({ user }) => user?.id === ben.id));
  });

  await t.test("leave a receipt with everything they look at and do, refusals too", async () => {
    const page = z.object({
      receipts: z.array(z.object({ tool: z.string(), outcome: z.string(), code: z.string().nullable() })),
    });
    const looked = await answer(ana.ask("GET", "/receipts?tool=list_links"), page);
    assert.ok(looked.receipts.length > 0);
    const tried = await answer(ben.ask("GET", "/receipts?tool=cut_off_user&outcome=refused"), page);
    assert.ok(tried.receipts.every(({ code }) => code === "role_required") && tried.receipts.length > 0);
  });

  await t.test("are none any more at the very next request once the role is taken away", async () => {
    assert.equal((await ana.ask("GET", "/api/admin/grants")).status, 200);
    await revokeRole(database.handle, ana.id, "admin");
    assert.equal(await refusedWith(await ana.ask("GET", "/api/admin/grants")), "403 role_required");
  });

  await t.test("what is kept of a person's linking is exported, and goes with them", async () => {
    const exported = await (await ben.ask("GET", "/api/export")).text();
    const kept = z.object({ linkAttempts: z.array(z.unknown()), channels: z.object({ cutOffAt: z.null() }) });
    assert.ok(kept.parse(JSON.parse(exported)).linkAttempts.length > 0);
    assert.equal((await ben.ask("DELETE", "/api/account", { confirm: ben.label })).status, 204);
    const left = await database.query("select 1 from oauth_link_attempts where user_id = $1", [ben.id]);
    assert.deepEqual(left.rows, []);
  });
  assert.deepEqual(house.faults, []);
});
