import assert from "node:assert/strict";
import { test } from "node:test";
import { type Browser, openBrowser } from "../accounts/browser.ts";
import { until } from "../bellhop.ts";
import { runBellhop } from "../command-line.ts";
import { startWhole } from "./whole-server.ts";

/** Asks to delete an item, and returns the question's id. */
async function ask(url: string, headers: Record<string, string>, itemId: string): Promise<string> {
  const params = { name: "delete-items", arguments: { itemIds: [itemId] } };
  const asked = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
  });
  const text = await asked.text();
  return /"kind":"approval","id":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? assert.fail(text);
}

async function approve(browser: Browser, id: string) {
  const { digest } = (await browser.get(`/api/approvals/${id}`)).body;
  return browser.post(`/api/approvals/${id}/decision`, { decision: "approve", digest });
}

test("signing out everywhere ends what our own surfaces asked for, and not what the person ordered in their browser", async (t) => {
  const server = await startWhole(t);
  const { baseUrl, dataDirectory } = server;
  const ada = openBrowser(server);
  await ada.signIn("ada@example.com");
  // So that the next mail is the next code.
  assert.equal((await ada.patch("/api/notices", { email: false })).status, 200);
  const token = async (): Promise<string> => {
    const { stdout, stderr } = await runBellhop(["token", "ada@example.com"], {
      BELLHOP_DATA_DIR: dataDirectory,
      SERVER_BASE_URL: baseUrl,
    });
    assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\s*$/, stderr);
    return stdout.trim();
  };
  const byCommandLine = async (itemId: string) =>
    ask(`${baseUrl}/mcp`, { authorization: `Bearer ${await token()}` }, itemId);

  // As long as its session lasts, it is run.
  assert.equal((await approve(ada, await byCommandLine("invoice-2041"))).status, 200);
  await until("the run", async () => {
    const { approvals } = (await ada.get("/api/approvals?status=all")).body;
    return approvals[0].run === "completed" ? true : undefined;
  });

  const asked = await byCommandLine("order-chairs");
  const ordered = await ask(
    `${baseUrl}/api/emulator/mcp/mcp`,
    { cookie: `bellhop-session=${ada.session}`, origin: baseUrl },
    "newsletter-june",
  );
  assert.equal((await ada.post("/api/sign-out-everywhere", {})).status, 204);
  await ada.signIn("ada@example.com");

  const refused = await approve(ada, asked);
  assert.deepEqual([refused.status, refused.body.error], [409, "approval_void"]);
  assert.match(refused.body.error_description, /session that asked for this has ended/);
  assert.equal((await ada.get(`/api/approvals/${asked}`)).body.status, "void");
  assert.equal((await approve(ada, ordered)).status, 200);
  await until("the run", async () => {
    const { run } = (await ada.get(`/api/approvals/${ordered}`)).body;
    return run === "completed" ? true : undefined;
  });
  const receipts = (await ada.get("/receipts?tool=delete-items&outcome=ok")).body.receipts;
  assert.equal(receipts.length, 2, "nothing else was deleted");
});
