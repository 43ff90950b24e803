import { requireSameOrigin } from "../../src/http/same-origin.ts";
import type { RequestContext } from "../../src/http/router.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { type ApprovalsWorld, newApprovalsWorld } from "./approvals-contract.ts";
import { type AdminWorld, newAdminWorld } from "./links-contract.ts";
import { type WorkWorld, newWorkWorld } from "./work-contract.ts";

/** The API as the pages' contract states it, held in memory, with every answer in the test's hand. */
export interface World {
  /** The signed-in person, or null. */
  person: string | null;
  displayName: string | null;
  /** The person's ways to sign in; the one of their label when empty. */
  identities: Record<string, unknown>[];
  localMailbox: boolean;
  providers: { id: string; title: string; way: string; script?: { url: string; appId: string } }[];
  humanCheck: { siteKey: string; scriptUrl: string; action: string } | null;
  /** What came with each request for a code, and doors that were asked for. */
  readonly asked: Record<string, unknown>[];
  /** Codes sent so far, and to whom; the last one is right. */
  readonly codes: { email: string; code: string }[];
  readonly consents: Map<string, Record<string, unknown>>;
  /** Decisions taken. */
  readonly decisions: { request: string; user_consent: boolean; person: string | null }[];
  /** Where the person goes after a decision; the answer is added to it. */
  redirectUri: string;
  grants: Record<string, unknown>[];
  receipts: Record<string, unknown>[];
  intents: Record<string, unknown>[];
  /** Windows that follow the person's receipts. */
  readonly lines: Set<Line>;
  /** The person's own attempts to link. */
  attempts: Record<string, unknown>[];
  readonly admin: AdminWorld;
  readonly approvals: ApprovalsWorld;
  readonly work: WorkWorld;
  /** What a person hears who asks for all of their data. */
  exported: unknown;
  /** The next requests to `METHOD path` fail so, once each. */
  readonly failures: Map<string, AppError[]>;
  /** Holds answers back until the test lets them go. */
  gate: Promise<void>;
}

/** One window that follows. */
export interface Line {
  /** The last event that it has, where it comes back. */
  readonly after: string | undefined;
  send(text: string): void;
  cut(): void;
  /** A newer window takes its place. */
  take(): void;
}

export const newWorld = (): World => ({
  person: null,
  displayName: null,
  identities: [],
  localMailbox: true,
  providers: [{ id: "email", title: "Email", way: "code" }],
  humanCheck: null,
  asked: [],
  codes: [],
  consents: new Map(),
  decisions: [],
  redirectUri: "https://claude.ai/api/mcp/auth_callback",
  grants: [],
  receipts: [],
  intents: [],
  lines: new Set(),
  attempts: [],
  admin: newAdminWorld(),
  approvals: newApprovalsWorld(),
  work: newWorkWorld(),
  exported: { intents: [] },
  failures: new Map(),
  gate: Promise.resolve(),
});

/** Makes the next request to `METHOD path` fail. */
export function failNext(world: World, request: string, error: AppError): void {
  world.failures.set(request, [...(world.failures.get(request) ?? []), error]);
}

const signedOut = (): AppError => new AppError("authentication_required", "You are not signed in.");

/** The signed-in person as the API gives them. @throws AppError `authentication_required`. */
export function userOf(world: World): Record<string, unknown> {
  if (world.person === null) throw signedOut();
  const own = { id: "i1", issuer: "email", label: world.person, createdAt: "2026-11-01T08:00:00.000Z" };
  const identities = world.identities.length > 0 ? world.identities : [own];
  const { person: label, displayName, admin } = world;
  const roles = admin.isAdmin ? ["admin"] : [];
  return { id: `user of ${label}`, label, displayName, createdAt: "2026-11-01T08:00:00.000Z", identities, roles };
}

/** The JSON body of a request of our own page, as the server wants it. @throws AppError for any other. */
export async function ownJson(c: RequestContext, baseUrl: string): Promise<Record<string, unknown>> {
  requireSameOrigin(c.req.raw, baseUrl);
  if (c.req.header("origin") === undefined) throw new AppError("forbidden_origin", "A browser sends its origin.");
  if (c.req.header("content-type") !== "application/json") throw new AppError("unsupported_media_type", "JSON only.");
  return c.req.json();
}
