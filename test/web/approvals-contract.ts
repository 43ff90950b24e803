import type { RequestContext, Routes } from "../../src/http/router.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { inMinutes } from "./samples.ts";

type Members = Record<string, unknown>;

/** What the API knows of what waits for the person. */
export interface ApprovalsWorld {
  /** Every approval with its arguments, newest first. */
  list: Members[];
  /** Jobs by id. */
  readonly jobs: Map<string, Members>;
  /** Whether the person has signed in a moment ago. */
  fresh: boolean;
  /** How the person can show that it is them. */
  ways: string[];
  /** The id of the person's passkey (base64url); null where they have none. */
  passkey: string | null;
  /** The digest for which a passkey was last asked. */
  challenged: string | null;
  /** Events of approvals and jobs so far, as they were sent. */
  readonly events: { readonly id: string; readonly text: string }[];
  /** Decisions that were taken, with what came along. */
  readonly taken: Members[];
  /** Whether the person has paused everything. */
  paused: boolean;
}

/** What else the API has to know. */
interface DecidingWorld {
  readonly person: string | null;
  readonly approvals: ApprovalsWorld;
  /** Windows that follow. */
  readonly lines: ReadonlySet<{ send(text: string): void }>;
}

export const newApprovalsWorld = (): ApprovalsWorld => ({
  list: [],
  jobs: new Map(),
  fresh: false,
  ways: ["sign_in"],
  passkey: null,
  challenged: null,
  events: [],
  taken: [],
  paused: false,
});

export const approvalId = (index: number): string => `01939f00-0000-7000-d000-${String(index).padStart(12, "0")}`;

/** Something to decide; `index` counts back in time. */
export const approvalOf = (index: number, more: Members = {}): Members => ({
  id: approvalId(index),
  tool: "swap_execute",
  title: "Swap tokens",
  effect: "money",
  sentence: "Swap 1 SOL for at least 148.20 USDC",
  bounds: [
    { label: "You give at most", value: "1.00 SOL" },
    { label: "You get at least", value: "148.20 USDC" },
    { label: "Fees at most", value: "0.000105 SOL" },
  ],
  clientName: "Claude",
  channel: "claude",
  askedAt: inMinutes(-2 - 7 * index),
  expiresAt: inMinutes(13),
  status: "pending",
  decidedAt: null,
  strength: "usual",
  digest: `digest-of-${index}`,
  run: null,
  error: null,
  arguments: {
    inputMint: "So11111111111111111111111111111111111111112",
    outputMint: "USDC",
    amount: "1",
    slippageBps: 50,
  },
  ...more,
});

/** The work that an approval led to. */
export const jobOf = (index: number, more: Members = {}): Members => ({
  id: approvalId(index),
  jobType: "swap_execute",
  title: "Swap tokens",
  status: "queued",
  clientName: "Claude",
  channel: "claude",
  attempt: 1,
  progress: null,
  cancellable: false,
  createdAt: inMinutes(0),
  updatedAt: inMinutes(0),
  startedAt: null,
  completedAt: null,
  statusUrl: `/api/tools/jobs/${approvalId(index)}`,
  artifactCount: 0,
  resultPayload: null,
  errorMessage: null,
  error: null,
  ...more,
});

const PAGE = 25;

const viewOf = ({ arguments: _arguments, ...view }: Members): Members => view;

const pendingIn = ({ list }: ApprovalsWorld): Members[] => list.filter(({ status }) => status === "pending");

function tell({ approvals, lines }: DecidingWorld, kind: string, data: Members): void {
  const id = `event-${approvals.events.length + 1}`;
  const text = `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
  approvals.events.push({ id, text });
  for (const line of lines) line.send(text);
}

/** What came after an event; nothing where that was none of these. */
export function missedEvents({ events }: ApprovalsWorld, last: string | undefined): string {
  const at = events.findIndex(({ id }) => id === last);
  return at === -1
    ? ""
    : events
        .slice(at + 1)
        .map(({ text }) => text)
        .join("");
}

/** An approval is new, or has changed: every window that follows hears of it. */
export function ask(world: DecidingWorld, approval: Members): void {
  const { approvals } = world;
  const isHere = approvals.list.some(({ id }) => id === approval["id"]);
  approvals.list = isHere
    ? approvals.list.map((one) => (one["id"] === approval["id"] ? { ...one, ...approval } : one))
    : [approval, ...approvals.list];
  tell(world, "approval", viewOf(approvals.list.find(({ id }) => id === approval["id"]) ?? approval));
}

/** A job as lists and events have it: its answer is read by itself. */
export const lightJob = (job: Members): Members => ({ ...job, resultPayload: null });

/** Work goes on: every window that follows hears of it. */
export function work(world: DecidingWorld, job: Members): void {
  world.approvals.jobs.set(String(job["id"]), job);
  tell(world, "job", lightJob(job));
}

const fault = (code: ConstructorParameters<typeof AppError>[0], message: string): never => {
  throw new AppError(code, message);
};

/** Only who has signed in a moment ago, or whose passkey has signed this very digest, approves what is above the limit. */
function requireFresh({ approvals }: DecidingWorld, approval: Members, passkey: unknown): void {
  if (approval["strength"] !== "fresh" || approvals.fresh) return;
  const signed = typeof passkey === "object" && passkey !== null && "id" in passkey ? passkey.id : null;
  if (signed !== null && signed === approvals.passkey && approvals.challenged === approval["digest"]) return;
  throw new AppError("fresh_sign_in_required", "This needs a sign-in from a moment ago, or a passkey.", {
    details: { ways: approvals.ways },
  });
}

/** As the server has it: the first decision counts, and only on what was shown. */
function decide(world: DecidingWorld, approval: Members, body: Members): Members {
  const { approvals } = world;
  const { decision, digest, passkey } = body;
  if (approval["status"] === "expired") return fault("approval_expired", "Its time is over, so it was not decided.");
  if (approval["status"] === "void") return fault("approval_void", "Your limits have changed since it was asked.");
  if (approval["status"] !== "pending") return fault("conflict", "It was decided before.");
  if (digest !== approval["digest"]) return fault("conflict", "It is not what was shown any more.");
  if (decision === "approve" && approvals.paused) return fault("paused", "You have paused everything.");
  if (decision === "approve") requireFresh(world, approval, passkey);
  approvals.taken.push({ id: approval["id"], decision, byPasskey: passkey !== undefined });
  const approved = decision === "approve";
  return {
    ...approval,
    status: approved ? "approved" : "rejected",
    decidedAt: inMinutes(0),
    run: approved ? "queued" : null,
  };
}

/** What waits for the person, their decisions, and the work that follows. */
export function approvalRoutes(
  world: DecidingWorld,
  routes: Routes,
  jsonOf: (c: RequestContext) => Promise<Members>,
): void {
  const { approvals } = world;
  const signedIn = (): void => {
    if (world.person === null) throw new AppError("authentication_required", "You are not signed in.");
  };
  const find = (c: RequestContext): Members => {
    signedIn();
    const found = approvals.list.find(({ id }) => id === c.req.param("id"));
    if (!found) throw new AppError("not_found", "You have no approval with this id.");
    return found;
  };
  routes.get("/api/approvals", (c) => {
    signedIn();
    const pending = pendingIn(approvals);
    const all = [...pending, ...approvals.list.filter((one) => !pending.includes(one))];
    const among = c.req.query("status") === "pending" ? pending : all;
    const start = Number(c.req.query("cursor") ?? 0);
    const next = start + PAGE < among.length ? String(start + PAGE) : null;
    return Response.json({ approvals: among.slice(start, start + PAGE).map(viewOf), waiting: pending.length, next });
  });
  routes.get("/api/approvals/:id", (c) => Response.json(find(c)));
  routes.post("/api/approvals/:id/decision", async (c) => {
    const body = await jsonOf(c);
    const decided = decide(world, find(c), body);
    ask(world, decided);
    return Response.json({ approval: viewOf(decided), receiptId: "01939f00-0000-7000-9000-00000000beef" });
  });
  routes.post("/api/passkeys/challenge", async (c) => {
    signedIn();
    const { digest } = await jsonOf(c);
    approvals.challenged = String(digest);
    const allowCredentials = approvals.passkey === null ? [] : [{ id: approvals.passkey, type: "public-key" }];
    const challenge = Buffer.from(String(digest)).toString("base64url");
    return Response.json({ challenge, rpId: "localhost", allowCredentials, userVerification: "required" });
  });
  routes.get("/api/tools/jobs/:id", (c) => {
    signedIn();
    const job = approvals.jobs.get(c.req.param("id"));
    if (!job) throw new AppError("not_found", "You have no job with this id.");
    return Response.json(job);
  });
}
