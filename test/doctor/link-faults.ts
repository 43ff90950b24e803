import type { Fault } from "./breaking-proxy.ts";
import {
  type Planted,
  at,
  ending,
  isMcp,
  isAuthorize,
  posts,
  asksFor,
  instead,
  changed,
  rewritten,
  members,
  json,
} from "./plant.ts";

/** Faults that show only once somebody links. */
export const linkFaults: readonly Planted[] = [
  {
    name: "the answer to the client names another server",
    check: "link.approved",
    cause: /iss=https:\/\/elsewhere\.example in place of/,
    fix: /letter by letter/,
    fault: changed(
      (asked) => isAuthorize(asked) && posts(asked),
      (reply) => {
        reply.body = reply.body.replace(/iss=[^"&]*/, "iss=https%3A%2F%2Felsewhere.example");
      },
    ),
  },
  {
    name: "a link gets no refresh token",
    check: "link.token",
    cause: /no refresh_token/,
    fix: /RFC 6749/,
    fault: members(asksFor("authorization_code"), { refresh_token: undefined }),
  },
  {
    name: "codes lie in the memory of another process",
    check: "link.token",
    cause: /The code was not exchanged: .*invalid_grant/,
    fix: /memory of another process/,
    fault: instead(asksFor("authorization_code"), () => json(400, { error: "invalid_grant" })),
  },
  {
    name: "the key that signs is not published",
    check: "link.signature",
    cause: /does not verify with the published keys/,
    fix: /before it signs/,
    fault: rewritten(ending("jwks"), () => ({ keys: [{ kty: "oct", kid: "another", use: "sig" }] })),
  },
  {
    name: "a good token does not open",
    check: "link.call",
    cause: /A call with the new token is answered .*403/,
    fix: /audience/,
    fault: instead(
      (asked) => isMcp(asked) && asked.headers.authorization?.startsWith("Bearer eyJ") === true,
      () => json(403, { error: "audience" }),
    ),
  },
  {
    name: "of refreshes at once one wins",
    check: "link.refresh",
    cause: /Of 3 refreshes at once 2 failed \(invalid_grant\)/,
    fix: /some seconds/,
    fault: oneWins(),
  },
  {
    name: "a revoked link goes on until its token expires",
    check: "link.revoke",
    cause: /stays good until it expires/,
    fix: /on every call/,
    fault: instead(at("/revoke"), () => ({ status: 200 })),
  },
  {
    name: "old refresh tokens stay good",
    check: "link.old_refresh",
    cause: /two refreshes ago is still good/,
    fix: /invalid_grant/,
    fault: changed(asksFor("refresh_token"), (reply, asked) => {
      if (reply.status !== 400 || !new URLSearchParams(asked.body).get("refresh_token")?.startsWith("rt_")) return;
      Object.assign(reply, json(200, { access_token: "a-token-of-the-test", refresh_token: "another-of-the-test" }));
    }),
  },
];

/** Every refresh token is good for its first use alone. */
function oneWins(): Fault {
  const used = new Set<string>();
  return async (asked, real) => {
    const token = new URLSearchParams(asked.body).get("refresh_token") ?? "";
    if (!asksFor("refresh_token")(asked) || token === "no-such-token") return real();
    const isFirst = !used.has(token);
    used.add(token);
    return isFirst
      ? real()
      : { status: 400, headers: { "content-type": "application/json" }, body: '{"error":"invalid_grant"}' };
  };
}
