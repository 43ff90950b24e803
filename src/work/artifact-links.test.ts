import assert from "node:assert/strict";
import { test } from "node:test";
import { createArtifactLinks } from "./artifact-links.ts";

const NOW = new Date("2026-11-30T10:00:00Z");
const JOB = "0199a000-0000-7000-8000-00000000000a";
const OTHER = "0199a000-0000-7000-8000-00000000000b";
const links = createArtifactLinks("a master secret of a test that is long enough", "https://bellhop.example");

function partsOf(url: string) {
  const { searchParams } = new URL(url);
  return { expires: searchParams.get("expires") ?? "", signature: searchParams.get("signature") ?? "" };
}

const given = partsOf(links.linkTo(JOB, "report.html", NOW).url);
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

test("a link opens its file for ten minutes, in every process with the same secret", () => {
  const { url, expiresAt } = links.linkTo(JOB, "report.html", NOW);
  assert.ok(url.startsWith(`https://bellhop.example/api/tools/jobs/${JOB}/artifacts/report.html?`));
  assert.deepEqual(expiresAt, later(600));
  assert.equal(links.isGood({ jobId: JOB, name: "report.html", ...given }, later(599)), true);
  assert.equal(links.isGood({ jobId: JOB, name: "report.html", ...given }, later(600)), false, "expired");
});

test("it opens no other file, no other job, no longer, and nothing under another secret", () => {
  const isGood = (change: Partial<Parameters<typeof links.isGood>[0]>): boolean =>
    links.isGood({ jobId: JOB, name: "report.html", ...given, ...change }, NOW);
  assert.equal(isGood({}), true);
  assert.equal(isGood({ name: "report.md" }), false);
  assert.equal(isGood({ jobId: OTHER }), false);
  assert.equal(isGood({ expires: String(Number(given.expires) + 1) }), false);
  assert.equal(isGood({ name: `report.html\n${given.expires}`, expires: given.expires }), false);
  for (const expires of ["", "-1", "1e99", "9".repeat(40), "soon"]) assert.equal(isGood({ expires }), false, expires);
  const stranger = createArtifactLinks("another master secret that is long enough", "https://bellhop.example");
  assert.equal(stranger.isGood({ jobId: JOB, name: "report.html", ...given }, NOW), false);
});

test("one altered character of the signature is enough, wherever it is", () => {
  for (let index = 0; index < given.signature.length; index += 1) {
    const instead = given.signature[index] === "A" ? "B" : "A";
    const signature = given.signature.slice(0, index) + instead + given.signature.slice(index + 1);
    assert.equal(links.isGood({ jobId: JOB, name: "report.html", ...given, signature }, NOW), false, `${index}`);
  }
  for (const signature of ["", `${given.signature}=`, `${given.signature} `, "é"])
    assert.equal(links.isGood({ jobId: JOB, name: "report.html", ...given, signature }, NOW), false);
});
