import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { randomInt, randomUUID } from "node:crypto";
import type { TestContext } from "node:test";
import { challengeOf } from "./odd-provider.ts";
import { bodyOf, listenOnLoopback } from "./listen.ts";

export const PROJECT_SECRET = "a-shared-secret-of-the-project-with-length";
export const ANON_KEY = "the-public-key-of-the-project";

/** Someone in the project. */
interface Member {
  readonly id: string;
  readonly email: string;
  /** What the project keeps of them: the second may be written by themselves. */
  readonly app_metadata: unknown;
  readonly user_metadata: unknown;
}

interface Flow {
  readonly member: Member;
  readonly challenge: string | null;
}

/** A Supabase project's sign-in service, as much of it as its own clients use. */
export interface SupabaseProject {
  readonly url: string;
  /** Someone whom the next visit to a provider's page signs in. */
  member: Member;
  /** Codes and links by address, as its mail would hold them. */
  readonly mails: Map<string, { readonly code: string; readonly link: string }>;
  /** An access token for somebody; claims on top. `now` is the issuing time. */
  token(member: Member, now: Date, claims?: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** How often a refresh token was used, right or wrong. */
  refreshes: number;
  /** Milliseconds that each refresh takes. */
  delay: number;
  /** Every refresh token ends. */
  signEverybodyOut(): void;
  /** Answers a path this way from now on; undefined ends that. */
  answer(path: string, answer: { readonly status: number; readonly body: string } | "hang" | undefined): void;
}

export const newMember = (email: string): Member => ({
  id: randomUUID(),
  email,
  app_metadata: { provider: "email" },
  user_metadata: {},
});

/** @param signing with the shared secret, or with published keys. */
export async function startSupabase(
  t: TestContext,
  options: { readonly signing?: "secret" | "keys"; readonly clock?: () => Date; readonly seconds?: number } = {},
): Promise<SupabaseProject> {
  const { signing = "secret", clock = () => new Date(), seconds = 3600 } = options;
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "key-1", alg: "ES256", use: "sig" }] };
  const flows = new Map<string, Flow>();
  const refreshTokens = new Map<string, Member>();
  const members = new Map<string, Member>();
  const answers = new Map<string, { readonly status: number; readonly body: string } | "hang" | undefined>();

  const flowFor = (member: Member, challenge: string | null): string => {
    const code = randomUUID();
    flows.set(code, { member, challenge });
    return code;
  };

  async function session(member: Member): Promise<unknown> {
    const refresh = randomUUID();
    refreshTokens.set(refresh, member);
    return {
      access_token: await project.token(member, clock()),
      token_type: "bearer",
      expires_in: seconds,
      refresh_token: refresh,
      user: { id: member.id, email: member.email },
    };
  }

  const refused = (code: string) => ({ status: 400, body: { code: 400, error_code: code, msg: "no" } });

  async function trade(grant: string | null, body: Record<string, string>) {
    if (grant === "refresh_token") {
      project.refreshes += 1;
      if (project.delay > 0) await new Promise((resolve) => setTimeout(resolve, project.delay));
      const member = refreshTokens.get(body["refresh_token"] ?? "");
      // A refresh token is good for one use (supabase.com/docs/guides/auth/sessions).
      refreshTokens.delete(body["refresh_token"] ?? "");
      return member ? { status: 200, body: await session(member) } : refused("refresh_token_not_found");
    }
    const flow = flows.get(body["auth_code"] ?? "");
    flows.delete(body["auth_code"] ?? "");
    if (!flow || challengeOf(body["code_verifier"] ?? "") !== flow.challenge) return refused("bad_code_verifier");
    return { status: 200, body: await session(flow.member) };
  }

  function mail(body: Record<string, string>, redirectTo: string) {
    const email = body["email"] ?? "";
    const member = members.get(email) ?? newMember(email);
    members.set(email, member);
    const code = String(randomInt(1_000_000)).padStart(6, "0");
    const link = `${redirectTo}?code=${flowFor(member, body["code_challenge"] ?? null)}`;
    project.mails.set(email, { code, link });
    return { status: 200, body: {} };
  }

  async function verify(body: Record<string, string>) {
    const email = body["email"] ?? "";
    const member = members.get(email);
    const right = project.mails.get(email)?.code === body["token"] && body["type"] === "email";
    if (!member || !right) return { status: 403, body: { code: 403, error_code: "otp_expired", msg: "no" } };
    project.mails.delete(email);
    return { status: 200, body: await session(member) };
  }

  const { url } = await listenOnLoopback(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const send = ({ status, body }: { status: number; body: unknown }): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const instead = answers.get(pathname);
    if (instead === "hang") return;
    if (instead) {
      response.writeHead(instead.status, { "content-type": "application/json" }).end(instead.body);
      return;
    }
    if (pathname === "/auth/v1/.well-known/jwks.json") return send({ status: 200, body: jwks });
    if (pathname === "/auth/v1/authorize") {
      const back = new URL(searchParams.get("redirect_to") ?? "");
      back.searchParams.set("code", flowFor(project.member, searchParams.get("code_challenge")));
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    if (request.headers["apikey"] !== ANON_KEY) return send({ status: 401, body: { message: "No API key found" } });
    void bodyOf(request).then(async (text) => {
      const body: Record<string, string> = JSON.parse(text);
      if (pathname === "/auth/v1/token") return send(await trade(searchParams.get("grant_type"), body));
      if (pathname === "/auth/v1/otp") return send(mail(body, searchParams.get("redirect_to") ?? ""));
      if (pathname === "/auth/v1/verify") return send(await verify(body));
      return send({ status: 404, body: {} });
    });
  });

  const project: SupabaseProject = {
    url,
    member: newMember("ada@example.com"),
    mails: new Map(),
    refreshes: 0,
    delay: 0,
    token(member, now, claims = {}, header = {}) {
      const iat = Math.floor(now.getTime() / 1000);
      const { id, email, app_metadata, user_metadata } = member;
      const standard = { iss: `${url}/auth/v1`, aud: "authenticated", sub: id, role: "authenticated", iat };
      const jwt = new SignJWT({ ...standard, exp: iat + seconds, email, app_metadata, user_metadata, ...claims });
      return signing === "secret"
        ? jwt.setProtectedHeader({ alg: "HS256", typ: "JWT", ...header }).sign(new TextEncoder().encode(PROJECT_SECRET))
        : jwt.setProtectedHeader({ alg: "ES256", typ: "JWT", kid: "key-1", ...header }).sign(privateKey);
    },
    signEverybodyOut: () => refreshTokens.clear(),
    answer: (path, answer) => void answers.set(path, answer),
  };
  return project;
}
