import assert from "node:assert/strict";
import { createServer as createPlain } from "node:http";
import { createServer } from "node:https";
import { type TestContext, describe, it } from "node:test";
import type { Finding } from "../../src/cli/doctor/check.ts";
import { type DoctorParts, runDoctor } from "../../src/cli/doctor/run-doctor.ts";
import { selfSigned } from "./certificate.ts";
import { listening } from "./listening.ts";
import { startStage } from "./stage.ts";

interface Setting {
  readonly name?: string;
  readonly days?: number;
  readonly trusted?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
  readonly parts?: Partial<DoctorParts>;
}

/** Looks at a server with this certificate, and returns what was found by its id. */
async function look(t: TestContext, setting: Setting = {}): Promise<(id: string) => Finding> {
  const { cert, key } = selfSigned(setting.name ?? "localhost", setting.days ?? 60);
  const server = createServer({ cert, key }, (_request, response) => {
    const answer = () =>
      response.writeHead(401, { "www-authenticate": 'Bearer scope="read"', ...setting.headers }).end();
    setTimeout(answer, setting.delayMs ?? 0).unref();
  });
  const url = `https://localhost:${await listening(t, server)}/mcp`;
  const trust = setting.trusted === false ? {} : { ca: cert };
  const findings = await runDoctor({ url, userAgent: "tls", ...trust, ...setting.parts });
  return (id) => {
    const found = findings.find((finding) => finding.id === id);
    assert.ok(found, id);
    return found;
  };
}

function assertFails(finding: Finding, cause: RegExp, fix: RegExp): void {
  assert.equal(finding.status, "FAIL", finding.detail);
  assert.match(finding.cause ?? "", cause);
  assert.match(finding.fix ?? "", fix);
}

describe("the doctor at an https address", () => {
  it("finds nothing on our own server behind a proxy that ends TLS", async (t) => {
    const certificate = selfSigned("localhost", 60);
    const { mcpUrl } = await startStage(t, certificate);
    const findings = await runDoctor({ url: mcpUrl, userAgent: "tls", ca: certificate.cert });
    assert.deepEqual(
      findings.filter(({ status }) => status === "FAIL"),
      [],
    );
    const passed = findings.filter(({ status }) => status === "PASS").map(({ id }) => id);
    for (const id of ["reach.tls", "reach.hsts", "server.endpoints", "challenge.metadata"])
      assert.ok(passed.includes(id), id);
  });

  it("passes what is current, and says how long it lasts", async (t) => {
    const found = await look(t, { headers: { "strict-transport-security": "max-age=31536000" } });
    assert.match(found("reach.tls").detail, /^TLSv1\.3, certificate valid for (?:59|60) days$/);
    assert.equal(found("reach.hsts").status, "PASS");
  });

  it("finds a certificate that ends in days", async (t) => {
    assertFails((await look(t, { days: 3 }))("reach.tls"), /ends in [23] days/, /Renew it/);
  });

  it("finds one that has ended", async (t) => {
    assertFails((await look(t, { days: -1 }))("reach.answers"), /has expired/, /Renew it/);
  });

  it("finds one of another name", async (t) => {
    assertFails((await look(t, { name: "other.example" }))("reach.answers"), /another name/, /this name/);
  });

  it("finds one that nobody trusts", async (t) => {
    assertFails((await look(t, { trusted: false }))("reach.answers"), /signed by itself/, /public authority/);
  });

  it("finds that browsers are not told to stay with https", async (t) => {
    assertFails((await look(t))("reach.hsts"), /no Strict-Transport-Security/, /max-age=31536000/);
  });

  it("finds that plain HTTP answers, and passes one that leads to https", async (t) => {
    const open = await listening(
      t,
      createPlain((_request, response) => response.end("hello")),
    );
    const plain = { plainUrl: `http://localhost:${open}/mcp` };
    assertFails((await look(t, { parts: plain }))("reach.plain_http"), /200 over plain HTTP/, /permanent redirect/);
    const moved = await listening(
      t,
      createPlain((_request, response) => response.writeHead(308, { location: "https://localhost/mcp" }).end()),
    );
    const good = await look(t, { parts: { plainUrl: `http://localhost:${moved}/mcp` } });
    assert.equal(good("reach.plain_http").status, "PASS");
  });

  it("finds that an answer is slow, and one that does not come at all", async (t) => {
    const slow = await look(t, { delayMs: 220, parts: { patienceMs: 200 } });
    assertFails(slow("cost.time"), /took [\d.]+ s/, /what is slow/);
    const silent = await look(t, { delayMs: 20_000, parts: { patienceMs: 100 } });
    assertFails(silent("reach.answers"), /no answer within 5\.1 s/, /what is slow/);
  });
});
