import assert from "node:assert/strict";
import * as z from "zod";
import type { Bellhop } from "../bellhop.ts";

const postJson = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Signs in with a code, without a browser, so that the address is proven. */
export async function signInByCode(bellhop: Bellhop, email: string): Promise<void> {
  const begun = await postJson(`${bellhop.url}/api/sign-in/email`, { email });
  const { challenge } = z.object({ challenge: z.string() }).parse(await begun.json());
  const code = await bellhop.codeFor(email);
  assert.equal((await postJson(`${bellhop.url}/api/sign-in/email/verify`, { challenge, code })).status, 200);
}
