import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Provider } from "oidc-provider";
import * as z from "zod";
import { checkRedirectUri, redirectMatches } from "../../src/oauth/redirect-uri.ts";

const groups = z
  .array(z.object({ registered: z.array(z.string()).min(1), requested: z.array(z.string()) }))
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../data/redirects/hostile-redirects.json"), "utf8")));

const oracle = new Provider("http://127.0.0.1:1", { clientDefaults: { application_type: "native" } });

/** A native client of the oracle's, or undefined when it would not register these addresses. */
function oracleClient(registered: readonly string[]) {
  const metadata = { client_id: "x", redirect_uris: registered, token_endpoint_auth_method: "none" };
  try {
    return new oracle.Client({ ...metadata, response_types: ["code"], grant_types: ["authorization_code"] });
  } catch {
    return undefined;
  }
}

function registrable(uri: string): boolean {
  try {
    checkRedirectUri(uri);
    return true;
  } catch {
    return false;
  }
}

/** Where we mean to differ: a requested address, and why. */
const strictlyMatched: Readonly<Record<string, string>> = {
  "http://localhost:/callback": "a colon without a port is no port: nothing can listen there, and nobody writes it",
  "http://127.0.0.1:/callback": "the same",
  "http://[::1]:/callback": "the same",
};

/** What we let register and the oracle does not, by rule. All the rest of the difference is that we are stricter. */
const looselyRegistered: readonly { readonly which: RegExp; readonly why: string }[] = [
  {
    which: /^https:\/\/(?:localhost|127\.|0x7f|0177|2130706433|\[)/,
    why: "OIDC Registration §2 gives native clients plain http alone on loopback; we ask nobody whether they are native",
  },
];

test("the redirect matcher agrees with oidc-provider on every hostile address", () => {
  const differences: string[] = [];
  let asked = 0;
  let accepted = 0;
  for (const { registered, requested } of groups) {
    const client = oracleClient(registered) ?? assert.fail(`${registered.join(" ")} is registrable`);
    for (const uri of requested) {
      asked += 1;
      const [ours, theirs] = [redirectMatches(registered, uri), client.redirectUriAllowed(uri)];
      if (ours) accepted += 1;
      if (ours !== theirs) differences.push(uri);
      assert.ok(!ours || theirs, `we alone would send a code to ${JSON.stringify(uri)}`);
    }
  }
  assert.ok(asked >= 800, `${asked} addresses`);
  assert.ok(accepted > 20, "an oracle that refuses everything proves nothing");
  assert.deepEqual([...new Set(differences)].toSorted(), Object.keys(strictlyMatched).toSorted());
});

test("what oidc-provider refuses to register, we refuse too, but for what is named here with its reason", () => {
  const all = new Set(groups.flatMap((group) => group.requested));
  const oursAlone = [...all].filter((uri) => registrable(uri) && oracleClient([uri]) === undefined);
  assert.deepEqual(
    oursAlone.filter((uri) => !looselyRegistered.some(({ which }) => which.test(uri))),
    [],
  );
  const both = [...all].filter((uri) => registrable(uri) && oracleClient([uri]) !== undefined);
  assert.ok(both.length > 30, `${both.length} addresses are registrable at both`);
  assert.ok(all.size - both.length - oursAlone.length > 400, "and most are refused by us");
});
