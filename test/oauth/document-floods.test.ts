import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { AppError } from "../../src/kernel/errors.ts";
import type { LimitsPort } from "../../src/kernel/ports/limits.ts";
import type { WebPort } from "../../src/kernel/ports/web.ts";
import { eachEngine } from "../database.ts";
import { CALLBACK, challengeOf, migrations, type Rig, startOAuth, VERIFIER } from "./rig.ts";
import { testWeb } from "./web.ts";

const ID = "https://host.example/oauth/client.json";

const documentOf = (more: Record<string, unknown> = {}) => ({ client_id: ID, redirect_uris: [CALLBACK], ...more });

const authorize = (rig: Rig, clientId: string, redirectUri = CALLBACK) =>
  rig.get(
    `/authorize?${new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirectUri,
      code_challenge: challengeOf(VERIFIER),
      code_challenge_method: "S256",
    }).toString()}`,
  );

/** Whether a person gets to see this client's request. */
const begins = async (rig: Rig, clientId: string, redirectUri?: string): Promise<boolean> =>
  (await authorize(rig, clientId, redirectUri)).status === 302;

eachEngine(
  "flood: one network has so many unknown documents read, whatever hosts it holds",
  migrations,
  async (t, database) => {
    const taken = new Map<string, number>();
    const limits: LimitsPort = {
      async take({ name, points }, key) {
        if (name !== "oauth-document-asker") return;
        taken.set(key, (taken.get(key) ?? 0) + 1);
        if ((taken.get(key) ?? 0) > points)
          throw new AppError("rate_limited", "Too many.", { details: { retryAfter: 9 } });
      },
    };
    const web = testWeb();
    let network = "203.0.113.7";
    const rig = await startOAuth(t, database, { web, limits, clientAddress: () => network });
    web.publish(ID, documentOf());
    assert.equal(await begins(rig, ID), true);
    for (let index = 0; index < 40; index += 1) await authorize(rig, `https://h${index}.evil.example/c.json`);
    const read = Array.from({ length: 40 }, (_, index) => web.asked(`https://h${index}.evil.example/c.json`));
    assert.equal(read.filter(Boolean).length, 19, "and the first one");
    assert.equal(await begins(rig, ID), true, "a document that was read links on");
    const other = "https://h39.evil.example/c.json";
    web.publish(other, documentOf({ client_id: other }));
    assert.equal(await begins(rig, other), false);
    network = "198.51.100.1";
    assert.equal(await begins(rig, other), true, "nobody else pays for it");
    assert.deepEqual(rig.unforeseen, []);
  },
);

eachEngine("flood: hosts that never answer hold no known host up", migrations, async (t, database) => {
  const answer = Promise.withResolvers<never>();
  let reading = 0;
  const web: WebPort = {
    fetchDocument: () => {
      reading += 1;
      return answer.promise;
    },
  };
  const rig = await startOAuth(t, database, { web });
  const slow = Array.from({ length: 32 }, (_, index) => authorize(rig, `https://h${index}.evil.example/c.json`));
  while (reading < slow.length) await setImmediate();
  const redirect = "https://claude.ai/api/mcp/auth_callback";
  assert.equal(await begins(rig, "https://claude.ai/oauth/mcp-oauth-client-metadata", redirect), true);
  assert.equal(await begins(rig, ID), false);
  answer.reject(new AppError("unavailable", "The address gave no usable answer: it took too long."));
  await Promise.all(slow);
  assert.deepEqual(rig.unforeseen, []);
});
