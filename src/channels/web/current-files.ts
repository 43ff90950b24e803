import { statSync } from "node:fs";

/** One line that changes when a file or folder among these does; undefined while one is missing. */
function stampOf(paths: readonly string[]): string | undefined {
  const times = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs);
  return times.includes(undefined) ? undefined : times.join(" ");
}

/**
 * Something read from files. A published server reads once; in development it is as it is on disk now: read again when
 * a file has changed, and kept as it was while one is missing, since a build may be writing it at this very moment.
 * @param follow true in development.
 * @param paths the files and folders that decide whether to read again.
 * @throws whatever `read` throws.
 */
export function currentFiles<T>(follow: boolean, paths: readonly string[], read: () => T): () => T {
  let stamp = stampOf(paths);
  let value = read();
  if (!follow) return () => value;
  return () => {
    const now = stampOf(paths);
    if (now === undefined || now === stamp) return value;
    value = read();
    stamp = now;
    return value;
  };
}
