import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useParts } from "../console-parts.ts";
import { Words } from "../parts/words.tsx";
import { jobQuery } from "../work-queries.ts";
import type { Artifact, Job } from "./contract.ts";
import { fileKind, fileSize, opensHere } from "./file-words.ts";

/** How long before its end an address is not handed out any more. */
const MARGIN_MS = 30_000;

const SOONEST_MS = 5000;

/** Asks for new addresses before the old ones end, so that each one that is pressed still stands. */
function useFreshAddresses(job: Job, artifacts: readonly Artifact[]): void {
  const { api } = useParts();
  const queries = useQueryClient();
  const ends = Math.min(...artifacts.map(({ expiresAt }) => Date.parse(expiresAt)));
  useEffect(() => {
    if (!Number.isFinite(ends)) return undefined;
    const { queryKey } = jobQuery(api, job.id);
    const wait = Math.max(SOONEST_MS, ends - MARGIN_MS - Date.now());
    const timer = setTimeout(() => void queries.invalidateQueries({ queryKey }), wait);
    return () => clearTimeout(timer);
  }, [api, queries, job.id, ends]);
}

function Row({ artifact }: { readonly artifact: Artifact }) {
  const name = `artifact-${artifact.id}`;
  return (
    <li className="line">
      <div>
        <p id={name}>
          <Words text={artifact.filename} limit={80} />
        </p>
        <p className="small quiet numbers">
          <Words text={fileKind(artifact)} limit={60} /> · {fileSize(artifact.bytes)}
        </p>
      </div>
      <div className="actions is-quiet">
        {opensHere(artifact) && (
          <a href={artifact.url} target="_blank" rel="noreferrer" aria-describedby={name}>
            Open<span className="is-hidden-to-eyes"> in a new tab</span>
          </a>
        )}
        <a href={artifact.url} download={artifact.filename} aria-describedby={name}>
          Download
        </a>
      </div>
    </li>
  );
}

/** The files of a job, each to look at or to take along. */
export function ArtifactList({ job }: { readonly job: Job }) {
  const artifacts = job.resultPayload?.artifacts ?? [];
  useFreshAddresses(job, artifacts);
  if (artifacts.length === 0) return null;
  return (
    <section className="sheet stack" aria-labelledby="files">
      <h2 id="files">Files</h2>
      <ul className="lines">
        {artifacts.map((artifact) => (
          <Row key={artifact.id} artifact={artifact} />
        ))}
      </ul>
    </section>
  );
}
