import assert from "node:assert/strict";
import { countRows } from "../../test/accounts/tables.ts";
import { eachEngine } from "../../test/database.ts";
import { identityContract } from "../../test/identity-contract.ts";
import { AppError } from "../kernel/errors.ts";
import { after } from "../kernel/clock.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import type { MailMessage } from "../kernel/ports/mail.ts";
import { createEmailIdentity, type EmailIdentity } from "./email-identity.ts";
import { migrations } from "./migrations/index.ts";
import { codesForAddress, codesForAddressAnywhere, codesForAddressDaily, codesFromClient } from "./sign-in-limits.ts";

type Parts = Parameters<typeof createEmailIdentity>[0];

const START = new Date("2026-11-20T08:00:00Z");
const unlimited: LimitsPort = { take: async () => undefined };

/** The identity with mail that a test reads. */
function start(
  database: Parts["database"],
  changes: Partial<Parts> = {},
): { email: EmailIdentity; sent: MailMessage[] } {
  const sent: MailMessage[] = [];
  const mail = { send: async (message: MailMessage) => void sent.push(message) };
  const base = { clock: () => START, baseUrl: "http://localhost:3002", masterSecret: "a secret", limits: unlimited };
  return { email: createEmailIdentity({ database, mail, ...base, ...changes }), sent };
}

const codeOf = (message: MailMessage | undefined): string => /\b\d{6}\b/.exec(message?.text ?? "")?.[0] ?? "";
const wrongCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

const isInvalidCode = (error: unknown): boolean => error instanceof AppError && error.code === "invalid_code";

eachEngine("email keeps the identity contract", migrations, async (t, database) => {
  const { email, sent } = start(database);
  const ask = async (address = "ada@example.com"): Promise<{ challenge: string; code: string }> => {
    const { challenge } = await email.begin(address, "127.0.0.1");
    return { challenge, code: codeOf(sent.at(-1)) };
  };
  const challenges = await Promise.all(Array.from({ length: 20 }, () => email.begin("ada@example.com", "127.0.0.1")));
  await identityContract(t, {
    provider: email,
    now: START,
    refusal: "invalid_code",
    valid: async () => ({ proof: await ask(), issuer: "email", subject: "ada@example.com" }),
    // Each garbage on a challenge of its own, so that it is compared, not turned away for too many tries.
    fromText: (text) => ({ challenge: challenges.pop()?.challenge ?? "", code: text }),
    wrong: {
      "another code": async () => {
        const { challenge, code } = await ask();
        return { challenge, code: wrongCode(code) };
      },
      "the code of another challenge": async () => ({ ...(await ask()), challenge: (await ask()).challenge }),
      "an unknown challenge": async () => ({ ...(await ask()), challenge: "unknown" }),
      "a challenge that is a NUL": async () => ({ ...(await ask()), challenge: "\0" }),
      "a challenge of a megabyte": async () => ({ ...(await ask()), challenge: "c".repeat(1_000_000) }),
      "used before": async () => {
        const proof = await ask();
        await email.verify(proof, START);
        return proof;
      },
      "a code from a server with another secret": async () => {
        const other = start(database, { masterSecret: "another secret" });
        const { challenge } = await other.email.begin("ada@example.com", "127.0.0.1");
        return { challenge, code: codeOf(other.sent[0]) };
      },
    },
  });
});

eachEngine("a code", migrations, async (t, database) => {
  const { email, sent } = start(database);
  const ask = async (): Promise<{ challenge: string; code: string; expiresAt: Date }> => {
    const challenge = await email.begin("ada@example.com", "127.0.0.1");
    return { ...challenge, code: codeOf(sent.at(-1)) };
  };
  const isRight = (proof: { challenge: string; code: string }, now = START): Promise<boolean> =>
    email.verify(proof, now).then(
      () => true,
      (error: unknown) => !isInvalidCode(error),
    );

  await t.test("lasts 10 minutes, to the second", async () => {
    const [first, second] = [await ask(), await ask()];
    assert.deepEqual(first.expiresAt, new Date("2026-11-20T08:10:00Z"));
    assert.equal(await isRight(first, after(START, 599)), true);
    assert.equal(await isRight(second, after(START, 600)), false);
  });

  await t.test("bears 5 tries, the right one among them", async () => {
    const [four, five] = [await ask(), await ask()];
    for (let tries = 0; tries < 4; tries += 1) await isRight({ ...four, code: wrongCode(four.code) });
    assert.equal(await isRight(four), true);
    for (let tries = 0; tries < 5; tries += 1) await isRight({ ...five, code: wrongCode(five.code) });
    assert.equal(await isRight(five), false);
  });

  await t.test("may be typed in groups", async () => {
    const { challenge, code } = await ask();
    assert.equal(await isRight({ challenge, code: ` ${code.slice(0, 3)} ${code.slice(3)} ` }), true);
  });

  await t.test("does not prolong the codes before it, nor refresh their tries", async () => {
    const old = await ask();
    for (let tries = 0; tries < 5; tries += 1) await isRight({ ...old, code: wrongCode(old.code) });
    const fresh = await ask();
    assert.equal(await isRight(old), false);
    assert.equal(await isRight({ ...old, code: fresh.code }), false);
    assert.equal(await isRight(fresh), true);
  });

  await t.test("is used once, also when many use it at once", async () => {
    const proof = await ask();
    const answers = await Promise.all(Array.from({ length: 5 }, () => isRight(proof)));
    assert.equal(answers.filter(Boolean).length, 1);
  });

  await t.test("never bears a sixth try, also when all come at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const proof = await ask();
      const guesses = Array.from({ length: 20 }, () => isRight({ ...proof, code: wrongCode(proof.code) }));
      assert.deepEqual(new Set(await Promise.all(guesses)), new Set([false]));
      assert.equal(await isRight(proof), false);
    }
    const { rows } = await database.query("select max(tries)::int as most from sign_in_codes", []);
    assert.deepEqual(rows, [{ most: 5 }]);
  });
});

eachEngine("a code whose mail does not leave is taken back", migrations, async (_t, database) => {
  const failing = start(database, { mail: { send: () => Promise.reject(new AppError("unavailable", "No mail.")) } });
  await assert.rejects(
    failing.email.begin("ada@example.com", "127.0.0.1"),
    (error) => error instanceof AppError && error.code === "unavailable",
  );
  assert.equal(await countRows(database, "sign_in_codes"), 0);
});

eachEngine("a code is written before its mail is sent, and swept after its time", migrations, async (_t, database) => {
  const counts: number[] = [];
  const mail = { send: async () => void counts.push(await countRows(database, "sign_in_codes")) };
  let now = START;
  const { email } = start(database, { mail, clock: () => now });
  await email.begin("ada@example.com", "127.0.0.1");
  await email.begin("ada@example.com", "127.0.0.1");
  now = after(START, 600);
  await email.begin("ada@example.com", "127.0.0.1");
  assert.deepEqual(counts, [1, 2, 1]);
});

eachEngine(
  "asking for a code counts for client and address, and no limit can be gone round",
  migrations,
  async (_t, database) => {
    const refusing = (name: string | null, taken: string[]): LimitsPort => ({
      async take(limit, key) {
        taken.push(`${limit.points} in ${limit.seconds} s for ${key}`);
        if (limit.name === name) throw new AppError("rate_limited", "Too many.");
      },
    });
    const taken: string[] = [];
    await start(database, { limits: refusing(null, taken) }).email.begin("ada@example.com", "192.0.2.1");
    assert.deepEqual(taken, [
      "60 in 600 s for 192.0.2.1",
      '5 in 600 s for ["ada@example.com","192.0.2.1"]',
      '20 in 86400 s for ["ada@example.com","192.0.2.1"]',
      "40 in 21600 s for ada@example.com",
    ]);
    for (const { name } of [codesFromClient, codesForAddress, codesForAddressDaily, codesForAddressAnywhere]) {
      const { email, sent } = start(database, { limits: refusing(name, []) });
      await assert.rejects(email.begin("bob@example.com", "192.0.2.1"), { code: "rate_limited" });
      assert.deepEqual(sent, []);
    }
    assert.equal(await countRows(database, "sign_in_codes"), 1);
  },
);
