import type { RequestContext, Routes } from "../../src/http/router.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { type ApprovalsWorld, lightJob } from "./approvals-contract.ts";
import { inMinutes } from "./samples.ts";

type Members = Record<string, unknown>;

/** What the API knows of limits, usage, passkeys and notices. Jobs lie with the approvals that they may come from. */
export interface WorkWorld {
  usage: Members;
  spending: Members;
  pausedAt: string | null;
  operatorPausedAt: string | null;
  passkeys: Members[];
  notices: { email: boolean; address: string | null; browsers: Members[]; pushKey: string };
  /** True where passkeys are only changed after a sign-in from a moment ago. */
  wantsFresh: boolean;
  /** What was asked to be done, as `METHOD path {body}`. */
  readonly done: string[];
}

/** What else the API has to know. */
interface WorkingWorld {
  readonly person: string | null;
  receipts: Members[];
  readonly approvals: ApprovalsWorld;
  readonly work: WorkWorld;
  readonly admin: { users: Members[]; readonly done: string[] };
}

export const newWorkWorld = (): WorkWorld => ({
  usage: {
    tier: { name: "free", title: "Free", until: null },
    bundles: [],
    callsPerMinute: 30,
    callsToday: 0,
    resetsAt: inMinutes(300),
    tools: [],
    tiers: [],
    upgradeUrl: "",
  },
  spending: {
    version: 1,
    caps: [],
    assets: ["sol", "usd", "usdc"],
    notes: [],
    recipientsOnly: false,
    holdHours: 24,
    recipients: [],
    freshAboveUsd: "100",
    freshAfterClicks: 10,
  },
  pausedAt: null,
  operatorPausedAt: null,
  passkeys: [],
  notices: {
    email: true,
    address: "ada@example.com",
    browsers: [],
    pushKey: Buffer.alloc(65, 4).toString("base64url"),
  },
  wantsFresh: false,
  done: [],
});

const PAGE = 25;

const listIn = (value: unknown): Members[] => (Array.isArray(value) ? value : []);

type Json = (c: RequestContext) => Promise<Members>;

/** A change leaves a receipt, as it does on the server. */
function leaveReceipt(world: WorkingWorld, title: string): string {
  const id = `01939f00-0000-7000-9000-${String(world.receipts.length).padStart(12, "0")}`;
  const receipt = {
    id,
    tool: title.toLowerCase().replaceAll(" ", "_"),
    title,
    clientName: "Console",
    channel: "web",
    effect: "write",
    outcome: "ok",
    code: null,
    argsDigest: "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
    startedAt: inMinutes(0),
    latencyMs: 4,
    requestId: "5f0c1a52-77aa-4c1e-9a57-00000000aaaa",
  };
  world.receipts = [receipt, ...world.receipts];
  return id;
}

function note(world: WorkingWorld, c: RequestContext, body: unknown): void {
  world.work.done.push(`${c.req.method} ${decodeURIComponent(c.req.path)} ${JSON.stringify(body)}`);
}

function jobRoutes(world: WorkingWorld, routes: Routes, jsonOf: Json): void {
  const { jobs } = world.approvals;
  routes.get("/api/tools/jobs", (c) => {
    const status = c.req.query("status");
    const among = [...jobs.values()]
      .filter((job) => status === undefined || job["status"] === status)
      .toSorted((one, other) => String(other["createdAt"]).localeCompare(String(one["createdAt"])));
    const start = Number(c.req.query("cursor") ?? 0);
    const next = start + PAGE < among.length ? String(start + PAGE) : null;
    return Response.json({ jobs: among.slice(start, start + PAGE).map(lightJob), next });
  });
  routes.post("/api/tools/jobs/:id/cancel", async (c) => {
    note(world, c, await jsonOf(c));
    const job = jobs.get(c.req.param("id"));
    if (job?.["status"] !== "running" && job?.["status"] !== "queued")
      throw new AppError("conflict", "This job has ended already.");
    jobs.set(c.req.param("id"), { ...job, status: "cancelled", completedAt: inMinutes(0), cancellable: false });
    return Response.json({ receiptId: leaveReceipt(world, "Cancel a job") });
  });
}

function spendingRoutes(world: WorkingWorld, routes: Routes, jsonOf: Json): void {
  const { work } = world;
  const change = (c: RequestContext, body: Members, title: string, changed: Members): Response => {
    note(world, c, body);
    const version = Number(work.spending["version"]) + 1;
    work.spending = { ...work.spending, ...changed, version };
    return Response.json({ ...work.spending, receiptId: leaveReceipt(world, title) });
  };
  routes.get("/api/spending", () => Response.json(work.spending));
  routes.put("/api/spending/caps", async (c) => {
    const body = await jsonOf(c);
    const caps = listIn(body["caps"]).map((cap) => ({
      ...cap,
      rolling: cap["rolling"] && { ...Object(cap["rolling"]), spent: "0" },
    }));
    return change(c, body, "Set spending limits", { caps });
  });
  routes.patch("/api/spending", async (c) => {
    const body = await jsonOf(c);
    return change(c, body, "Set who may be paid", body);
  });
  routes.post("/api/spending/recipients", async (c) => {
    const body = await jsonOf(c);
    if (body["recipient"] === "nowhere") throw new AppError("invalid_input", "recipient: is no address.");
    const added = { ...body, addedAt: inMinutes(0), usableFrom: inMinutes(24 * 60) };
    return change(c, body, "Add a recipient", { recipients: [added, ...listIn(work.spending["recipients"])] });
  });
  routes.delete("/api/spending/recipients/:recipient", (c) => {
    const recipients = listIn(work.spending["recipients"]).filter(
      ({ recipient }) => recipient !== c.req.param("recipient"),
    );
    return change(c, {}, "Remove a recipient", { recipients });
  });
  routes.get("/api/pause", () => Response.json({ pausedAt: work.pausedAt, operatorPausedAt: work.operatorPausedAt }));
  routes.put("/api/pause", async (c) => {
    const { paused } = await jsonOf(c);
    note(world, c, { paused });
    work.pausedAt = paused === true ? inMinutes(0) : null;
    const receiptId = leaveReceipt(world, paused === true ? "Pause everything" : "Resume");
    return Response.json({ pausedAt: work.pausedAt, operatorPausedAt: work.operatorPausedAt, receiptId });
  });
}

function passkeyRoutes(world: WorkingWorld, routes: Routes, jsonOf: Json): void {
  const { work } = world;
  const requireFresh = (): void => {
    if (work.wantsFresh && !world.approvals.fresh)
      throw new AppError("fresh_sign_in_required", "This needs a sign-in from a moment ago.");
  };
  routes.get("/api/passkeys", () => Response.json({ passkeys: work.passkeys }));
  routes.post("/api/passkeys/options", async (c) => {
    await jsonOf(c);
    requireFresh();
    return Response.json({
      rp: { id: "localhost", name: "Bellhop" },
      user: { id: "dXNlci0x", name: String(world.person), displayName: String(world.person) },
      challenge: "Y2hhbGxlbmdlLW9mLXRoZS10ZXN0",
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
      excludeCredentials: work.passkeys.flatMap(({ credentialId }) =>
        credentialId === undefined ? [] : [{ type: "public-key", id: credentialId }],
      ),
    });
  });
  routes.post("/api/passkeys", async (c) => {
    const { label, credential } = await jsonOf(c);
    const { id, response } = Object(credential);
    if (typeof response?.attestationObject !== "string") throw new AppError("invalid_input", "credential: is none.");
    note(world, c, { label });
    const passkey = { id: `p${work.passkeys.length + 1}`, label, createdAt: inMinutes(0), lastUsedAt: null };
    work.passkeys = [...work.passkeys, { ...passkey, credentialId: id }];
    return Response.json({ id: passkey.id, receiptId: leaveReceipt(world, "Add a passkey") }, { status: 201 });
  });
  routes.patch("/api/passkeys/:id", async (c) => {
    const body = await jsonOf(c);
    note(world, c, body);
    work.passkeys = work.passkeys.map((one) => (one["id"] === c.req.param("id") ? { ...one, ...body } : one));
    return Response.json({ receiptId: leaveReceipt(world, "Rename a passkey") });
  });
  routes.delete("/api/passkeys/:id", (c) => {
    requireFresh();
    note(world, c, {});
    work.passkeys = work.passkeys.filter(({ id }) => id !== c.req.param("id"));
    return Response.json({ receiptId: leaveReceipt(world, "Remove a passkey") });
  });
}

function noticeRoutes(world: WorkingWorld, routes: Routes, jsonOf: Json): void {
  const { work } = world;
  routes.get("/api/notices", () => Response.json(work.notices));
  routes.patch("/api/notices", async (c) => {
    const { email } = await jsonOf(c);
    note(world, c, { email });
    work.notices.email = email === true;
    return Response.json({ receiptId: leaveReceipt(world, "Set notices") });
  });
  routes.post("/api/notices/browsers", async (c) => {
    const { label, subscription } = await jsonOf(c);
    note(world, c, { label, subscription });
    const id = `b${work.notices.browsers.length + 1}`;
    work.notices.browsers = [...work.notices.browsers, { id, label, createdAt: inMinutes(0) }];
    return Response.json({ id, receiptId: leaveReceipt(world, "Add a browser") }, { status: 201 });
  });
  routes.delete("/api/notices/browsers/:id", (c) => {
    note(world, c, {});
    work.notices.browsers = work.notices.browsers.filter(({ id }) => id !== c.req.param("id"));
    return Response.json({ receiptId: leaveReceipt(world, "Remove a browser") });
  });
  routes.post("/api/notices/test", async (c) => {
    note(world, c, await jsonOf(c));
    return Response.json({ mail: work.notices.email, browsers: work.notices.browsers.length });
  });
}

/** Jobs, usage, limits, the pause, passkeys, notices, and tiers. */
export function workRoutes(world: WorkingWorld, routes: Routes, jsonOf: Json): void {
  for (const path of ["tools", "usage", "spending", "pause", "passkeys", "notices"])
    routes.use(`/api/${path}/*`, async (_c, next) => {
      if (world.person === null) throw new AppError("authentication_required", "You are not signed in.");
      await next();
    });
  jobRoutes(world, routes, jsonOf);
  spendingRoutes(world, routes, jsonOf);
  passkeyRoutes(world, routes, jsonOf);
  noticeRoutes(world, routes, jsonOf);
  routes.get("/api/usage", () => Response.json(world.work.usage));
  routes.put("/api/admin/users/:id/tier", async (c) => {
    const { tier, until } = await jsonOf(c);
    world.admin.done.push(`PUT ${c.req.path} ${JSON.stringify({ tier, until })}`);
    world.admin.users = world.admin.users.map((user) =>
      user["id"] === c.req.param("id") ? { ...user, tier, until } : user,
    );
    return Response.json({ receiptId: leaveReceipt(world, "Set a tier") });
  });
}
