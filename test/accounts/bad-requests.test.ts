import assert from "node:assert/strict";
import { createPrivyIdentity } from "../../src/adapters/identity/privy.ts";
import type { MailMessage } from "../../src/kernel/ports/mail.ts";
import { eachEngine } from "../database.ts";
import { type Answer, openBrowser } from "./browser.ts";
import { createPrivySigner, PRIVY_APP } from "./privy.ts";
import { migrations, startAccounts } from "./server.ts";
import { countRows } from "./tables.ts";

const WRITES = [
  "/api/sign-in/email",
  "/api/sign-in/email/verify",
  "/api/sign-in/privy",
  "/api/identities/email/verify",
  "/api/identities/privy",
  "/api/sign-in/redirect",
  "/api/identities/redirect",
];
const signer = await createPrivySigner();
const privy = createPrivyIdentity({ appId: PRIVY_APP, verificationKey: signer.verificationKey });

eachEngine("what other sites and broken programs send", migrations, async (t, database) => {
  const server = await startAccounts(t, database, { providers: [privy] });
  const victim = openBrowser(server);
  await victim.signIn("victim@example.com");
  const stillSignedIn = async (): Promise<boolean> => (await victim.get("/api/session")).status === 200;

  await t.test("a page of another origin can write nothing with the person's cookie", async () => {
    const token = await signer.token("did:privy:eve", server.clock());
    const elsewhere: readonly Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `${server.baseUrl}.evil.example` },
    ];
    for (const headers of elsewhere) {
      for (const path of WRITES) {
        const { status, body } = await victim.post(path, { token, email: "eve@example.com" }, headers);
        assert.deepEqual([path, status, body.error], [path, 403, "forbidden_origin"]);
      }
      assert.equal((await victim.delete("/api/session", headers)).status, 403);
    }
    assert.ok(await stillSignedIn());
    assert.equal(await countRows(database, "identities"), 1);
  });

  await t.test("a write without Origin is judged by Fetch Metadata", async () => {
    const write = (site: string): Promise<Response> =>
      fetch(`${server.address}/api/session`, { method: "DELETE", headers: { "sec-fetch-site": site } });
    assert.equal((await write("cross-site")).status, 403);
    assert.equal((await write("same-site")).status, 403);
    assert.equal((await write("same-origin")).status, 204);
  });

  await t.test("a form, or text, is not JSON", async () => {
    for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]) {
      for (const path of WRITES) {
        const { status, body } = await victim.post(path, {}, { "content-type": type });
        assert.deepEqual([path, status, body.error], [path, 415, "unsupported_media_type"]);
      }
    }
  });

  await t.test("each broken body has its answer, never a 5xx, and nothing is stored", async () => {
    const send = async (path: string, body: string): Promise<string> => {
      const headers = {
        "content-type": "application/json",
        origin: server.baseUrl,
        cookie: `bellhop-session=${victim.session}`,
      };
      const response = await fetch(server.address + path, { method: "POST", headers, body });
      const { error } = await response.json();
      assert.ok(response.status < 500, `${path} ${body.slice(0, 40)}: ${response.status}`);
      return error;
    };
    for (const path of WRITES) {
      assert.equal(await send(path, ""), "malformed_json");
      assert.equal(await send(path, "{"), "malformed_json");
      assert.equal(await send(path, "null"), "invalid_request");
      assert.equal(await send(path, "[]"), "invalid_request");
      assert.equal(await send(path, "{}"), "invalid_request");
      assert.equal(await send(path, '{"email":7,"token":7,"challenge":7,"code":7}'), "invalid_request");
      const text = '"\\u0000"';
      assert.equal(
        await send(path, `{"email":${text},"token":${text},"challenge":${text},"code":${text}}`),
        "invalid_input",
      );
      assert.equal(
        await send(path, '{"email":"\\ud800","token":"\\ud800","challenge":"\\ud800","code":"1"}'),
        "invalid_input",
      );
      assert.equal(await send(path, `{"email":"${"a".repeat(70_000)}"}`), "payload_too_large");
    }
    for (const email of ["ada", "ada@", "a@b.example, c@d.example", `${"a".repeat(300)}@b.example`]) {
      assert.equal(await send("/api/sign-in/email", JSON.stringify({ email })), "invalid_request");
    }
    assert.equal(await countRows(database, "sign_in_codes"), 1);
    assert.ok(await stillSignedIn());
  });
});

eachEngine("too many requests", migrations, async (t, database) => {
  const sent: string[] = [];
  const mail = { send: async ({ to }: MailMessage) => void sent.push(to) };
  const server = await startAccounts(t, database, { providers: [privy], mail });

  /** Sends until it is refused; returns how often it was not, and checks the refusal. */
  async function untilRefused(send: (count: number) => Promise<Answer>, longest = 600): Promise<number> {
    for (let count = 0; count < 200; count += 1) {
      const answer = await send(count);
      if (answer.status !== 429) continue;
      assert.equal(answer.body.error, "rate_limited");
      const wait = Number(answer.headers.get("retry-after"));
      assert.ok(Number.isInteger(wait) && wait > 0 && wait <= longest, String(wait));
      return count;
    }
    return assert.fail("never refused");
  }

  await t.test("codes for one address from one network, however it is typed; its owner elsewhere gets in", async () => {
    const spellings = ["target@example.com", "TARGET@example.com", " target@example.com"];
    const stranger = openBrowser(server, "192.0.2.9");
    const given = await untilRefused((count) => stranger.post("/api/sign-in/email", { email: spellings[count % 3] }));
    assert.equal(given, 5);
    assert.equal(sent.length, 5, "what is refused sends no mail");
    assert.equal(await countRows(database, "sign_in_codes"), 5);
    const owner = openBrowser(server, "198.51.100.1");
    assert.equal((await owner.post("/api/sign-in/email", { email: "target@example.com" })).status, 202);
    assert.equal((await stranger.post("/api/sign-in/email", { email: "free@example.com" })).status, 202);
  });

  await t.test("codes for one address from everywhere", async () => {
    const given = await untilRefused(
      (count) => openBrowser(server, `203.0.113.${count}`).post("/api/sign-in/email", { email: "flooded@example.com" }),
      6 * 3600,
    );
    assert.equal(given, 40);
    assert.equal(sent.filter((to) => to === "flooded@example.com").length, 40);
  });

  await t.test("codes asked for from one client address", async () => {
    const browser = openBrowser(server, "192.0.2.1");
    const given = await untilRefused((count) => browser.post("/api/sign-in/email", { email: `a${count}@example.com` }));
    assert.equal(given, 60);
    assert.equal(
      (await openBrowser(server, "192.0.2.2").post("/api/sign-in/email", { email: "b@example.com" })).status,
      202,
    );
  });

  await t.test("proofs from one client address, of whatever kind", async () => {
    const browser = openBrowser(server, "192.0.2.3");
    const given = await untilRefused((count) =>
      count % 2 === 0
        ? browser.post("/api/sign-in/email/verify", { challenge: "unknown", code: "123456" })
        : browser.post("/api/sign-in/privy", { token: "garbage" }),
    );
    assert.equal(given, 120);
  });
});
