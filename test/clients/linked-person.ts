import * as z from "zod";
import type { Bellhop } from "../bellhop.ts";
import { linkWithPrivy, type PrivyApp } from "./raw-link.ts";

/** A person with a linked assistant and a signed-in browser. */
export interface LinkedPerson {
  readonly name: string;
  readonly accessToken: string;
  readonly clientId: string;
  /** Of their browser. */
  readonly cookie: string;
  /** What they are asked, and how it stands. */
  approval(at: Server, id: string): Promise<z.output<typeof approvalSchema>>;
  /** Decides on what is shown now. Returns the status and the code of an answer that is no 200. */
  decide(at: Server, id: string, decision: "approve" | "reject"): Promise<Said>;
  job(at: Server, id: string): Promise<z.output<typeof jobSchema>>;
  cancel(at: Server, id: string): Promise<Said>;
  /** The text behind the address of an artifact. */
  artifact(at: Server, url: string): Promise<string>;
  /** The file of their receipts, as it comes; null as long as they have none. */
  receiptFile(at: Server): Promise<AsyncIterable<Uint8Array> | null>;
}

type Server = Pick<Bellhop, "url">;

/** What the server said to something that a person did. */
export interface Said {
  readonly status: number;
  readonly code: string | null;
  readonly receiptId: string | null;
}

const approvalSchema = z.object({
  status: z.enum(["pending", "approved", "rejected", "expired", "void"]),
  decidedAt: z.string().nullable(),
  run: z.enum(["queued", "running", "completed", "failed", "cancelled", "unknown"]).nullable(),
  digest: z.string(),
  error: z.object({ code: z.string() }).nullable(),
});

const jobSchema = z.object({
  status: z.enum(["queued", "running", "completed", "failed", "cancelled", "expired"]),
  resultPayload: z.object({ artifacts: z.array(z.object({ filename: z.string(), url: z.string() })) }).nullable(),
  error: z.object({ code: z.string() }).nullable(),
});

const saidSchema = z.object({ error: z.string().optional(), receiptId: z.string().optional() });

const PATIENCE_MS = 15_000;

/**
 * Makes a person who is new to the server.
 * @param baseUrl the address by which the server is known, which several processes share.
 */
export async function linkPerson(at: Server, baseUrl: string, app: PrivyApp, name: string): Promise<LinkedPerson> {
  const subject = `did:privy:${name}`;
  const link = await linkWithPrivy(at.url, app, subject);
  const signedIn = await fetch(`${at.url}/api/sign-in/privy`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: baseUrl },
    body: JSON.stringify({ token: await app.token({ subject }) }),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";

  const ask = async (url: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url, {
      ...init,
      headers: { cookie, origin: baseUrl, "content-type": "application/json" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  const read = async <T>(schema: z.ZodType<T>, url: string): Promise<T> => {
    const response = await ask(url);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${url} was answered with ${response.status}: ${text.slice(0, 200)}`);
    return schema.parse(JSON.parse(text));
  };
  const say = async (url: string, body: unknown): Promise<Said> => {
    const response = await ask(url, { method: "POST", body: JSON.stringify(body) });
    const { error = null, receiptId = null } = saidSchema.parse(await response.json());
    return { status: response.status, code: error, receiptId };
  };

  const approval = (server: Server, id: string) => read(approvalSchema, `${server.url}/api/approvals/${id}`);
  return {
    name,
    accessToken: link.access_token,
    clientId: link.clientId,
    cookie,
    approval,
    async decide(server, id, decision) {
      const { digest } = await approval(server, id);
      return say(`${server.url}/api/approvals/${id}/decision`, { decision, digest });
    },
    job: (server, id) => read(jobSchema, `${server.url}/api/tools/jobs/${id}`),
    cancel: (server, id) => say(`${server.url}/api/tools/jobs/${id}/cancel`, {}),
    async artifact(server, url) {
      const { pathname, search } = new URL(url, server.url);
      return (await ask(server.url + pathname + search)).text();
    },
    async receiptFile(server) {
      const response = await ask(`${server.url}/api/receipts/export`);
      if (response.status === 404) return null;
      if (response.status !== 200 || !response.body) throw new Error(`No receipts: ${response.status}`);
      return response.body;
    },
  };
}
