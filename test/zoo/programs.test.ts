import { test } from "node:test";
import { temporaryDirectory } from "../bellhop.ts";
import { animalInspector } from "./inspector-animal.ts";
import { animalOauth4webapi } from "./library-animals.ts";
import { liveThrough } from "./life.ts";
import { animalMcpRemote } from "./mcp-remote-animal.ts";
import { signInPerson } from "./person.ts";
import { startStage } from "./stage.ts";

const LOOPBACK = { channel: "mcp", host: /^(?:localhost|127\.0\.0\.1):\d+$/ };

test("programs of others, as child processes", async (t) => {
  const { bellhop, privy } = await startStage(t);

  await t.test("mcp-remote", async (inner) => {
    const animal = await animalMcpRemote(bellhop.mcpUrl, temporaryDirectory(inner));
    try {
      await liveThrough(inner, await signInPerson(bellhop.url, privy, "did:privy:remote"), animal, LOOPBACK);
    } finally {
      await animal.close();
    }
  });

  await t.test("the inspector's command line", async (inner) => {
    const animal = animalInspector(bellhop.mcpUrl, await animalOauth4webapi(bellhop.url), temporaryDirectory(inner));
    await liveThrough(inner, await signInPerson(bellhop.url, privy, "did:privy:inspector"), animal, LOOPBACK);
  });
});
