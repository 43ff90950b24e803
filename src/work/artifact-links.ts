import { timingSafeEqual } from "node:crypto";
import { after } from "../kernel/clock.ts";
import { createSealer } from "../kernel/seal.ts";

/** A link that opens one file of a job for a short time, to whoever has it. */
export interface ArtifactLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** Signs links to files, and knows its own again. */
export interface ArtifactLinks {
  linkTo(jobId: string, name: string, now: Date): ArtifactLink;
  /** Whether a signature of ours stands for this very file and still counts. @param expires seconds since 1970. */
  isGood(file: { jobId: string; name: string; expires: string; signature: string }, now: Date): boolean;
}

/** Long enough to open or fetch what was just shown; a new one is made whenever it is shown again. */
const LINK_SECONDS = 600;

/** Every process with the master secret knows the links of every other. */
export function createArtifactLinks(masterSecret: string, baseUrl: string): ArtifactLinks {
  const sealer = createSealer(masterSecret, "artifact-links");
  const sign = (jobId: string, name: string, expires: string): Buffer => sealer.mac([jobId, name, expires].join("\n"));
  return {
    linkTo(jobId, name, now) {
      const expires = String(Math.floor(after(now, LINK_SECONDS).getTime() / 1000));
      const query = new URLSearchParams({ expires, signature: sign(jobId, name, expires).toString("base64url") });
      const path = `/api/tools/jobs/${jobId}/artifacts/${encodeURIComponent(name)}`;
      return { url: `${baseUrl}${path}?${query.toString()}`, expiresAt: new Date(Number(expires) * 1000) };
    },
    isGood({ jobId, name, expires, signature }, now) {
      if (!/^\d{1,12}$/.test(expires) || Number(expires) * 1000 <= now.getTime()) return false;
      // As text: several spellings in base64url stand for the same bytes.
      const [given, own] = [Buffer.from(signature), Buffer.from(sign(jobId, name, expires).toString("base64url"))];
      return given.length === own.length && timingSafeEqual(given, own);
    },
  };
}
