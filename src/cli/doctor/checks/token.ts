import { askToken, errorOf } from "../ask-token.ts";
import { pkce } from "../ask-authorize.ts";
import type { Check } from "../check.ts";
import { inShort, withBody } from "../documents.ts";
import { Fault, Skipped } from "../fault.ts";
import type { Answer } from "../probe.ts";
import type { Visit } from "../visit.ts";

const FIX = 'Answer 400 with {"error":"invalid_grant"} (RFC 6749 §5.2).';

const badCode = async (visit: Visit): Promise<Answer> => {
  const client = await visit.needs.client();
  return askToken(visit, client, {
    grant_type: "authorization_code",
    code: "no-such-code",
    code_verifier: pkce().verifier,
    redirect_uri: client.redirectUri,
  });
};

async function refusesCode(visit: Visit): Promise<string> {
  const answer = await badCode(visit);
  if (answer.status === 400 && errorOf(answer) === "invalid_grant") return `${inShort(answer)} invalid_grant`;
  throw new Fault(`A code that does not exist is answered ${withBody(answer)}.`, FIX);
}

async function refusesRefresh(visit: Visit): Promise<string> {
  const answer = await askToken(visit, await visit.needs.client(), {
    grant_type: "refresh_token",
    refresh_token: "no-such-token",
  });
  if (answer.status === 400 && errorOf(answer) === "invalid_grant") return `${inShort(answer)} invalid_grant`;
  throw new Fault(
    `A refresh token that does not stand is answered ${withBody(answer)}. Only invalid_grant makes a client ask the person to link again; on anything else it tries for ever.`,
    FIX,
  );
}

async function isNotKept(visit: Visit): Promise<string> {
  const answer = await badCode(visit);
  if (answer.headers["content-type"]?.includes("json") !== true) throw new Skipped("Needs token.code.");
  const header = answer.headers["cache-control"] ?? "";
  if (header.includes("no-store")) return `Cache-Control: ${header}`;
  throw new Fault(
    "Answers of the token endpoint carry no Cache-Control: no-store, so something on the way may keep a token (RFC 6749 §5.1).",
    "Send Cache-Control: no-store, and let no proxy remove it.",
  );
}

/** What the token endpoint says to what does not stand. */
export const tokenChecks: readonly Check[] = [
  { id: "token.code", title: "An unknown code is refused as such", run: refusesCode },
  { id: "token.refresh", title: "So is a dead refresh token", run: refusesRefresh },
  { id: "token.no_store", title: "Nobody on the way keeps what it says", run: isNotKept },
];
