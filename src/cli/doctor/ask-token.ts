import { membersOf, textOf } from "./documents.ts";
import type { Client } from "./own-client.ts";
import type { Answer } from "./probe.ts";
import { Skipped } from "./fault.ts";
import type { Visit } from "./visit.ts";

type Asking = Pick<Client, "id" | "secret" | "method">;

/** RFC 6749 §2.3.1: each half is form-encoded before it goes into the header. */
const encoded = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);

function proofOf({ id, secret, method }: Asking): { headers: Record<string, string>; form: Record<string, string> } {
  if (secret === undefined || method === "none") return { headers: {}, form: { client_id: id } };
  if (method === "client_secret_post") return { headers: {}, form: { client_id: id, client_secret: secret } };
  const basic = Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString("base64");
  return { headers: { authorization: `Basic ${basic}` }, form: {} };
}

async function post(visit: Visit, endpoint: string, client: Asking, form: Record<string, string>): Promise<Answer> {
  visit.secrets.hide(client.secret);
  const proof = proofOf(client);
  const answer = await visit.probe.ask(endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json", ...proof.headers },
    body: new URLSearchParams({ ...form, ...proof.form }).toString(),
  });
  const members = membersOf(answer.text) ?? {};
  for (const name of ["access_token", "refresh_token", "id_token"]) visit.secrets.hide(textOf(members, name));
  return answer;
}

/** Asks the token endpoint (RFC 6749 §3.2). What it hands out is hidden from every output. */
export async function askToken(visit: Visit, client: Asking, form: Record<string, string>): Promise<Answer> {
  const endpoint = textOf(await visit.needs.server(), "token_endpoint");
  if (endpoint === undefined) throw new Skipped("Needs server.endpoints.");
  return post(visit, endpoint, client, form);
}

/** Gives a token back (RFC 7009 §2.1). @throws Skipped where the server has no such endpoint. */
export async function giveBack(visit: Visit, client: Asking, token: string): Promise<Answer> {
  const endpoint = textOf(await visit.needs.server(), "revocation_endpoint");
  if (endpoint === undefined) throw new Skipped("The server has no revocation_endpoint.");
  return post(visit, endpoint, client, { token });
}

/** The OAuth error of an answer, if it is one. */
export const errorOf = (answer: Answer): string | undefined => textOf(membersOf(answer.text) ?? {}, "error");
