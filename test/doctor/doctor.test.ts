import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../../src/cli/doctor/check.ts";
import { runDoctor } from "../../src/cli/doctor/run-doctor.ts";
import { signInPerson } from "../zoo/person.ts";
import { authorizationFaults } from "./authorization-faults.ts";
import { discoveryFaults } from "./discovery-faults.ts";
import { linkFaults } from "./link-faults.ts";
import type { Planted } from "./plant.ts";
import { startStage } from "./stage.ts";

const SKIPPED_HERE = [
  "reach.tls",
  "reach.plain_http",
  "reach.hsts",
  "registration.preset",
  "registration.confidential",
];

const failures = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ status }) => status === "FAIL").map(({ id, detail }) => `${id}: ${detail}`);

const idsWith = (findings: readonly Finding[], status: Finding["status"]): readonly string[] =>
  findings.filter((finding) => finding.status === status).map(({ id }) => id);

/** The check fails, and says what is wrong and what to do. */
function assertFound(findings: readonly Finding[], { check, cause, fix }: Planted): void {
  const found = findings.find(({ id }) => id === check);
  assert.equal(found?.status, "FAIL", `${check} is ${found?.status}: ${found?.detail}`);
  assert.match(found.cause ?? "", cause);
  assert.match(found.fix ?? "", fix);
}

test("the doctor looks from outside", async (t) => {
  const { proxy, url, mcpUrl, privy } = await startStage(t);
  const look = () => runDoctor({ url: mcpUrl, userAgent: "doctor-test" });
  const person = await signInPerson(url, privy);
  /** Stands for the person, and notes everything that must stay secret. */
  const secrets: string[] = [];
  const lookAndLink = async () => {
    const approve = async (address: string): Promise<URLSearchParams> => {
      const { searchParams } = await person.allow(address);
      secrets.push(searchParams.get("code") ?? "");
      return searchParams;
    };
    return runDoctor({ url: mcpUrl, userAgent: "doctor-test", approve });
  };

  await t.test("and finds nothing on our own server, but what TLS and a given client would show", async () => {
    const findings = await look();
    assert.deepEqual(failures(findings), []);
    const skipped = idsWith(findings, "SKIP").filter((id) => !id.startsWith("link."));
    assert.deepEqual(skipped, SKIPPED_HERE);
  });

  await t.test("and finds nothing in a real link either, and leaves none behind", async () => {
    const findings = await lookAndLink();
    assert.deepEqual(failures(findings), []);
    assert.deepEqual(idsWith(findings, "SKIP"), SKIPPED_HERE);
    assert.deepEqual(await person.grants(), []);
    const text = JSON.stringify(findings);
    assert.equal(secrets.length, 2);
    for (const secret of secrets) assert.equal(secret !== "" && text.includes(secret), false);
    assert.doesNotMatch(text, /eyJ|rt_/);
  });

  await t.test("and reports the same checks in the same order, whatever is wrong", async () => {
    const healthy = (await look()).map(({ id }) => id);
    proxy.break(() => ({ status: 500, headers: {}, body: "" }));
    assert.deepEqual(
      (await look()).map(({ id }) => id),
      healthy,
    );
    assert.equal(new Set(healthy).size, healthy.length);
    proxy.break(null);
  });

  for (const fault of [...discoveryFaults, ...authorizationFaults]) {
    await t.test(`and finds that ${fault.name}`, async () => {
      proxy.break(fault.fault);
      assertFound(await look(), fault);
    });
  }

  for (const fault of linkFaults) {
    await t.test(`and finds in a link that ${fault.name}`, async () => {
      proxy.break(fault.fault);
      const findings = await lookAndLink();
      assertFound(findings, fault);
      assert.doesNotMatch(JSON.stringify(findings), /eyJ|rt_/);
    });
  }

  await t.test("and every check has a fault that it finds", () => {
    const elsewhere = [
      "reach.tls",
      "reach.plain_http",
      "reach.hsts",
      "registration.preset",
      "registration.confidential",
      "cost.time",
      "link.refreshed_call",
    ];
    const found = new Set(
      [...discoveryFaults, ...authorizationFaults, ...linkFaults].map(({ check }) => check).concat(elsewhere),
    );
    return look().then((findings) =>
      assert.deepEqual(
        findings.map(({ id }) => id).filter((id) => !found.has(id)),
        [],
      ),
    );
  });
});
