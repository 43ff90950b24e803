import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** One built file, ready to serve. */
export interface ConsoleFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
  /** The bytes in gzip, made once; null where it would not help. */
  readonly gzipped: (() => Promise<Uint8Array<ArrayBuffer>>) | null;
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

const COMPRESSIBLE: ReadonlySet<string> = new Set([".css", ".html", ".js", ".svg"]);

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const gzipAsync = promisify(gzip);

function consoleFile(path: string): ConsoleFile {
  const bytes = new Uint8Array(readFileSync(path));
  const extension = extname(path);
  return {
    bytes,
    type: TYPES[extension] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
    gzipped: COMPRESSIBLE.has(extension)
      ? once(async () => new Uint8Array(await gzipAsync(bytes, { level: 9 })))
      : null,
  };
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/**
 * Reads the built console into memory, by path relative to its directory with `/` between parts. A request only ever
 * looks a name up here, so that no path, however it is spelled, reaches the file system.
 * @returns an empty map when the console has not been built.
 */
export function readConsoleFiles(directory: string): ReadonlyMap<string, ConsoleFile> {
  try {
    const named = filesUnder(directory).map(
      (path) => [relative(directory, path).replaceAll(sep, "/"), consoleFile(path)] as const,
    );
    return new Map(named);
  } catch (error) {
    if (isMissing(error)) return new Map();
    throw error;
  }
}
