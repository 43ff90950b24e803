import { execFile } from "node:child_process";
import { cpSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import type { Animal } from "./life.ts";

const BUILD = dirname(fileURLToPath(import.meta.resolve("@modelcontextprotocol/inspector-cli")));
const MODULES = join(import.meta.dirname, "..", "..", "node_modules");
const run = promisify(execFile);
const echoed = z.object({ structuredContent: z.object({ text: z.string() }) });

/** The command line looks for its version two directories up, where the whole inspector has its package.json. */
function install(directory: string): string {
  cpSync(BUILD, join(directory, "cli", "build"), { recursive: true });
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({ name: "inspector", version: "1.0.3", type: "module" }),
  );
  symlinkSync(MODULES, join(directory, "node_modules"), "junction");
  return join(directory, "cli", "build", "index.js");
}

/** Links and refreshes for the inspector, whose command line is given a bearer. */
interface Keeper extends Pick<Animal, "link" | "refresh"> {
  accessToken(): string;
}

/** The inspector's command line: it calls with a bearer in a header. @param directory empty, for the program */
export function animalInspector(mcpUrl: string, keeper: Keeper, directory: string): Animal {
  const program = install(directory);
  return {
    link: keeper.link,
    refresh: keeper.refresh,
    async echo(text) {
      const tool = ["--method", "tools/call", "--tool-name", "echo", "--tool-arg", `text=${text}`];
      const bearer = ["--header", `Authorization: Bearer ${keeper.accessToken()}`];
      const args = [program, mcpUrl, "--transport", "http", ...tool, ...bearer];
      const { stdout } = await run(process.execPath, args, { timeout: 30_000 });
      return echoed.parse(JSON.parse(stdout)).structuredContent.text;
    },
  };
}
