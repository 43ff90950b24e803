import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { cpuMs, endedChildrenMs, machineMs, ownMs, processTree, programOf } from "./machine.ts";

const onLinux = { skip: process.platform === "linux" ? false : "reads /proc" };

test("a process tree holds the process and its children", onLinux, async () => {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
  await once(child, "spawn");
  const tree = processTree(process.pid);
  assert.ok(tree.includes(process.pid) && child.pid !== undefined && tree.includes(child.pid));
  child.stdin.end();
  await once(child, "exit");
  assert.ok(!processTree(process.pid).includes(child.pid));
  assert.equal(cpuMs([child.pid]), 0, "what has ended costs nothing");
  assert.equal(programOf(child.pid), "");
});

test("work shows in our own time, in that of ended children, and in the machine's", onLinux, async () => {
  const before = { own: ownMs(), children: endedChildrenMs(), busy: machineMs().busy };
  while (ownMs() < before.own + 50) Math.sqrt(Math.random());
  const work = "const end = Date.now() + 200; while (Date.now() < end);";
  await once(spawn(process.execPath, ["-e", work], { stdio: "ignore" }), "exit");
  const children = endedChildrenMs() - before.children;
  assert.ok(children >= 30, String(children));
  assert.ok(machineMs().busy - before.busy >= 50);
});
