import { AppError } from "../kernel/errors.ts";
import type { Sealer } from "../kernel/seal.ts";
import type { Artifact } from "../kernel/tool.ts";
import type { SealedArtifact } from "./records/artifacts.ts";

const MB = 1024 * 1024;
const MOST_FILES = 20;
const MOST_BYTES = 10 * MB;
const MOST_TOGETHER = 40 * MB;

/** A name that is a file's alone: no folder, no way up, nothing that a header or an address would have to escape. */
export const isArtifactName = (name: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !name.includes("..");

const MEDIA_TYPE = /^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,60}(; ?charset=[a-zA-Z0-9-]{1,20})?$/;

/** A file that may be stored. */
export interface CheckedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

const tooLarge = (sentence: string): AppError => new AppError("result_too_large", sentence);

const bytesOf = (body: Artifact["body"]): Buffer => (typeof body === "string" ? Buffer.from(body) : Buffer.from(body));

/**
 * The files of a job, as they may be stored.
 * @throws AppError `result_too_large` for more than 20 files, 10 MB in one or 40 MB in all; `internal` for a name or a media
 * type that no tool may give.
 */
export function checkedFiles(files: readonly Artifact[]): readonly CheckedFile[] {
  if (files.length > MOST_FILES)
    throw tooLarge(`It made ${files.length} files, more than the ${MOST_FILES} that are kept.`);
  const names = new Set<string>();
  for (const { name, mediaType } of files) {
    if (isArtifactName(name) && !names.has(name) && MEDIA_TYPE.test(mediaType)) names.add(name);
    else throw new AppError("internal", "The tool made a file whose name or type cannot be kept.");
  }
  const sizes = files.map(({ body }) => (typeof body === "string" ? Buffer.byteLength(body) : body.byteLength));
  const largest = files[sizes.findIndex((size) => size > MOST_BYTES)];
  if (largest) throw tooLarge(`The file ${largest.name} is larger than 10 MB, so nothing of the result is kept.`);
  if (sizes.reduce((sum, size) => sum + size, 0) > MOST_TOGETHER) {
    throw tooLarge("The files are larger than 40 MB together, so nothing of the result is kept.");
  }
  return files.map(({ name, mediaType, body }) => ({ name, mediaType, body: bytesOf(body) }));
}

/** Sealed for this very file: moved to another job or name, it does not open. */
const place = (jobId: string, name: string): string => `artifact/${jobId}/${name}`;

/** A file of a job as it is stored. What a tool makes of a person's affairs is as private as what it answers. */
export const sealFile = (sealer: Sealer, jobId: string, { name, mediaType, body }: CheckedFile): SealedArtifact => ({
  jobId,
  name,
  mediaType,
  bytes: body.byteLength,
  sealed: sealer.sealBytes(body, place(jobId, name)),
});

/** What is in a stored file. @throws AppError `unavailable` where the master secret is not the one that it was sealed with. */
export function openFile(sealer: Sealer, { jobId, name, sealed }: SealedArtifact): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(sealer.openBytes(sealed, place(jobId, name)));
  } catch (cause) {
    throw new AppError("unavailable", "This file was sealed with another master secret.", { cause });
  }
}
