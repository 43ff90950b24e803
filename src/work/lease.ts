/** A claim of a job: who holds it, and which claim of all that were ever made of the job it is. */
export interface Claim {
  readonly holder: string;
  /** Rises with every claim and is never given back, so that no two runs of a job have the same lease. */
  readonly claims: number;
}

const LEASE = /^([0-9a-f-]{36}):(\d{1,9})$/;

/** What proves to the database that a job is still this run's. */
export const leaseOf = ({ holder, claims }: Claim): string => `${holder}:${claims}`;

/** Null for what is no lease of ours. */
export function claimOf(lease: string): Claim | null {
  const [, holder, claims] = LEASE.exec(lease) ?? [];
  return holder === undefined ? null : { holder, claims: Number(claims) };
}
