import { createHash } from "node:crypto";
import { errors } from "oidc-provider";
import * as z from "zod";

/** Runs one statement, as the database room's own handle does. */
export type Query = (text: string, values: readonly unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

/** What is kept of oidc-provider's artifacts. */
export const ORACLE_SCHEMA = [
  `create table oidc_artifacts (
    kind text not null, id text not null, payload jsonb not null, grant_id text, uid text,
    expires_at timestamptz, consumed_at timestamptz, primary key (kind, id)
  )`,
  "create index oidc_artifacts_grant on oidc_artifacts (grant_id)",
  "create index oidc_artifacts_uid on oidc_artifacts (uid)",
] as const;

/** Kinds whose id opens something: stored by their hash, as ours are. */
const BEARERS = new Set(["AuthorizationCode", "RefreshToken", "AccessToken", "Session", "Interaction"]);

type Payload = Record<string, unknown>;

const found = z.array(z.object({ payload: z.record(z.string(), z.unknown()), consumed: z.coerce.number().nullable() }));
const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

/**
 * An adapter for oidc-provider whose `consume` is a guarded UPDATE: of several exchanges at once, one succeeds. With a
 * plain UPDATE, as in its documentation, several do.
 */
export const guardedAdapter = (query: Query) => (kind: string) => {
  const key = (id: string): string => (BEARERS.has(kind) ? createHash("sha256").update(id).digest("base64url") : id);
  const read = async (column: "id" | "uid", value: string, jti?: string): Promise<Payload | undefined> => {
    const { rows } = await query(
      `select payload, extract(epoch from consumed_at)::int as consumed from oidc_artifacts
      where kind = $1 and ${column} = $2 and (expires_at is null or expires_at > now())`,
      [kind, value],
    );
    const [row] = found.parse(rows);
    if (!row) return undefined;
    return { ...row.payload, ...(jti && { jti }), ...(row.consumed !== null && { consumed: row.consumed }) };
  };
  return {
    async upsert(id: string, payload: Payload, expiresIn?: number): Promise<void> {
      const { jti: _secret, ...rest } = payload;
      const kept = BEARERS.has(kind) ? rest : payload;
      await query(
        `insert into oidc_artifacts (kind, id, payload, grant_id, uid, expires_at) values ($1, $2, $3::jsonb, $4, $5, $6)
        on conflict (kind, id) do update set payload = excluded.payload, expires_at = excluded.expires_at, uid = excluded.uid`,
        [
          kind,
          key(id),
          JSON.stringify(kept),
          text(payload["grantId"]),
          text(payload["uid"]),
          expiresIn ? new Date(Date.now() + expiresIn * 1000) : null,
        ],
      );
    },
    find: (id: string) => read("id", key(id), BEARERS.has(kind) ? id : undefined),
    findByUid: (uid: string) => read("uid", uid),
    findByUserCode: async () => undefined,
    async consume(id: string): Promise<void> {
      const { rows } = await query(
        "update oidc_artifacts set consumed_at = now() where kind = $1 and id = $2 and consumed_at is null returning 1",
        [kind, key(id)],
      );
      if (rows.length === 0) throw new errors.InvalidGrant("already used");
    },
    async destroy(id: string): Promise<void> {
      await query("delete from oidc_artifacts where kind = $1 and id = $2", [kind, key(id)]);
    },
    async revokeByGrantId(grantId: string): Promise<void> {
      await query("delete from oidc_artifacts where grant_id = $1 and kind = $2", [grantId, kind]);
    },
  };
};
