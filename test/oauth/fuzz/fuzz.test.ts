import assert from "node:assert/strict";
import { sql } from "kysely";
import { eachEngine } from "../../database.ts";
import { migrations, type Rig, startOAuth } from "../rig.ts";
import { dice } from "./dice.ts";
import { MARKUP } from "./hostile.ts";
import { mutantOf, type Mutant } from "./mutants.ts";
import { surfacesOf } from "./surfaces.ts";

/** Requests on both engines together; `npm run soak` sends them all. */
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 5000);
const SEED = Number(process.env["FUZZ_SEED"] ?? 20261120);
/** So many are under way at once. */
const AT_ONCE = 4;

/** An address that the client registered. */
const ON_TARGET = /^(?:https:\/\/app\.example\/callback\?|http:\/\/localhost(?::\d+)?\/cb\?)/;

/** Where a browser may be sent: to our own pages of linking, or to an address that the client registered. */
const leadsAstray = ({ baseUrl }: Rig, location: string | null): boolean =>
  location !== null &&
  ![`${baseUrl}/app/consent?request=`, `${baseUrl}/authorize?`].some((own) => location.startsWith(own)) &&
  !ON_TARGET.test(location);

/** An address in a JSON answer that a page would follow. */
const answeredAddress = (body: string): string | undefined => /"redirect_ur[il]":"([^"]*)"/.exec(body)?.[1];

/** Sends it, and checks what holds for every answer. */
async function sendMutant(rig: Rig, { path, init }: Mutant): Promise<number> {
  const response = await fetch(rig.baseUrl + path, {
    ...init,
    redirect: "manual",
    signal: AbortSignal.timeout(10_000),
  });
  const body = await response.text();
  const seen = `${init.method} ${path.slice(0, 300)} ${JSON.stringify(init).slice(0, 600)} -> ${response.status} ${body.slice(0, 300)}`;
  assert.ok(response.status < 500, seen);
  assert.ok(!leadsAstray(rig, response.headers.get("location")), `${seen} ${response.headers.get("location")}`);
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/html")) {
    assert.deepEqual(
      MARKUP.filter((markup) => body.includes(markup)),
      [],
      seen,
    );
    assert.match(response.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/, seen);
  } else if (body !== "") assert.match(type, /^application\/json\b/, seen);
  const address =
    /\/(?:authorize|exchange|request)\b/.test(path) && response.status === 200 ? answeredAddress(body) : undefined;
  if (address !== undefined)
    assert.match(address, /^(?:https:\/\/app\.example\/callback|http:\/\/localhost(?::\d+)?\/cb)(?:\?|$)/, seen);
  return response.status;
}

eachEngine("hostile requests never break the server and never lead anyone astray", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const random = dice(SEED);
  const surfaces = await surfacesOf(rig);
  const statuses = new Map<number, number>();
  let left = Math.ceil(REQUESTS / 2);
  const sender = async (): Promise<void> => {
    for (; left > 0; left -= 1) {
      const status = await sendMutant(rig, mutantOf(random.pick(surfaces), random));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  t.diagnostic(
    `seed ${SEED}: ${[...statuses]
      .toSorted()
      .map(([status, count]) => `${status} ${count}`)
      .join(", ")}`,
  );
  assert.deepEqual(rig.unforeseen, []);
  for (const status of [200, 201, 302, 400, 401, 404, 415]) assert.ok(statuses.has(status), `no request got ${status}`);
  const { rows } = await sql<{ redirect_uris: string[] }>`select redirect_uris from oauth_clients`.execute(
    database.handle,
  );
  const stored = rows.flatMap((row) => row.redirect_uris);
  assert.deepEqual(
    stored.filter((uri) => !/^(?:https:|http:\/\/(?:localhost|\[::1\])[:/]|com\.example\.app:)/.test(uri)),
    [],
  );
});
