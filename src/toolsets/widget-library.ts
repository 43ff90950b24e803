import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { type WidgetFile, widgetPagesOf } from "./records/widget-pages.ts";

/** The built files of all widgets: those of this build, and those of the builds before it. */
export interface WidgetLibrary {
  /** A file of this build by its name, such as `list-view.html`. */
  current(name: string): WidgetFile | null;
  /** A file of any build. */
  find(name: string, hash: string): Promise<WidgetFile | null>;
}

/** The files of one build by their names. */
type WidgetBuild = ReadonlyMap<string, WidgetFile>;

/** Hexadecimal digits of a file's SHA-256: enough that no two builds meet. */
const HASH_DIGITS = 16;

const hashOf = (content: string): string => createHash("sha256").update(content).digest("hex").slice(0, HASH_DIGITS);

/** Reads what the build has made of the widgets. */
function readWidgetBuild(directory: string, names: readonly string[]): WidgetBuild {
  const notBuilt = (cause?: unknown): AppError =>
    new AppError("unavailable", "The widgets have not been built.", {
      cause,
      next: "Start with `npm start`, which builds what is missing.",
    });
  const files = new Map<string, WidgetFile>();
  try {
    for (const name of readdirSync(directory)) {
      const content = readFileSync(join(directory, name), "utf8");
      files.set(name, { name, content, hash: hashOf(content) });
    }
  } catch (cause) {
    throw notBuilt(cause);
  }
  if (names.some((name) => !files.has(`${name}.html`))) throw notBuilt();
  return files;
}

/**
 * What is on offer at any moment.
 * @param names every widget that a toolset has.
 * @param follows true in development: what has been built since the start is offered, once it can be read.
 * @throws AppError `unavailable` when a widget has no page.
 */
export function widgetBuild(directory: string, names: readonly string[], follows: boolean): () => WidgetBuild {
  let last = readWidgetBuild(directory, names);
  return () => {
    if (!follows) return last;
    try {
      last = readWidgetBuild(directory, names);
    } catch {
      // A build is writing them at this very moment; until it is done, the former ones are offered.
    }
    return last;
  };
}

/**
 * Keeps the files of this build beside those of all builds before, so that every process on the same database, and
 * every later start, can answer for each of them.
 * @param build what is on offer now; read anew for each request.
 */
export async function openWidgetLibrary(
  build: () => WidgetBuild,
  database: Pick<Database, "handle" | "transaction">,
  clock: Clock,
): Promise<WidgetLibrary> {
  const offered = [...build().values()];
  await database.transaction((handle) => widgetPagesOf(handle).keep(offered, clock()));
  return {
    current: (name) => build().get(name) ?? null,
    async find(name, hash) {
      const current = build().get(name);
      return current?.hash === hash ? current : widgetPagesOf(database.handle).find(name, hash);
    },
  };
}
