import assert from "node:assert/strict";
import { createPrivyIdentity } from "../../src/adapters/identity/privy.ts";
import { eachEngine } from "../database.ts";
import { openBrowser } from "./browser.ts";
import { createPrivySigner, PRIVY_APP } from "./privy.ts";
import { migrations, startAccounts } from "./server.ts";
import { countRows } from "./tables.ts";

const signer = await createPrivySigner();
const privy = createPrivyIdentity({ appId: PRIVY_APP, verificationKey: signer.verificationKey });

eachEngine("a signed-in person adds identities", migrations, async (t, database) => {
  const server = await startAccounts(t, database, { providers: [privy] });
  const token = (sub: string): Promise<string> => signer.token(sub, server.clock());

  await t.test("and every one of them leads to the same user", async () => {
    const browser = openBrowser(server);
    const { id } = await browser.signIn("ada@example.com");
    const session = browser.session;
    server.clock.pass(1);
    const byMail = await browser.post("/api/identities/email/verify", await browser.askForCode("ada@work.example"));
    server.clock.pass(1);
    const byToken = await browser.post("/api/identities/privy", { token: await token("did:privy:ada") });
    assert.deepEqual([byMail.status, byToken.status], [201, 201]);
    assert.deepEqual(Object.keys(byMail.body.identity).toSorted(), ["createdAt", "id", "issuer", "label"]);

    const { user } = (await browser.get("/api/session")).body;
    assert.deepEqual([user.id, user.label], [id, "ada@example.com"], "the user keeps the first label");
    assert.deepEqual(user.identities.slice(1), [byMail.body.identity, byToken.body.identity]);
    assert.equal(browser.session, session, "adding is no sign-in");
    assert.equal((await openBrowser(server).signIn("ada@work.example")).id, id);
    assert.equal((await server.accounts.signInWithToken("privy", await token("did:privy:ada"))).userId, id);
  });

  await t.test("again, which changes nothing", async () => {
    const browser = openBrowser(server);
    await browser.signIn("grace@example.com");
    const first = await browser.post("/api/identities/privy", { token: await token("did:privy:grace") });
    const again = await browser.post("/api/identities/privy", { token: await token("did:privy:grace") });
    assert.deepEqual([again.status, again.body], [201, first.body]);
    assert.equal((await browser.get("/api/session")).body.user.identities.length, 2);
  });

  await t.test("but never another user's", async () => {
    const [owner, other] = [openBrowser(server), openBrowser(server)];
    await owner.signIn("hedy@example.com");
    await other.signIn("other@example.com");
    const taken = await other.post("/api/identities/email/verify", await other.askForCode("hedy@example.com"));
    assert.deepEqual([taken.status, taken.body.error], [409, "identity_taken"]);
    assert.equal((await other.get("/api/session")).body.user.identities.length, 1);
    assert.equal((await owner.get("/api/session")).body.user.identities.length, 1);
  });

  await t.test("one of two who add the same at once gets it", async () => {
    const people = [openBrowser(server), openBrowser(server), openBrowser(server)];
    await Promise.all(people.map((browser, index) => browser.signIn(`racer-${index}@example.com`)));
    const proofs = await Promise.all(people.map(() => token("did:privy:prize")));
    const answers = await Promise.all(
      people.map((browser, index) => browser.post("/api/identities/privy", { token: proofs[index] })),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409]);
  });

  await t.test("one who adds it while it signs in for the first time: it has one owner", async () => {
    for (let round = 0; round < 5; round += 1) {
      const browser = openBrowser(server);
      const { id } = await browser.signIn(`round-${round}@example.com`);
      const proofs = [await token(`did:privy:round-${round}`), await token(`did:privy:round-${round}`)];
      const [added, signedIn] = await Promise.all([
        browser.post("/api/identities/privy", { token: proofs[0] }),
        server.accounts.signInWithToken("privy", proofs[1] ?? ""),
      ]);
      assert.equal(added.status === 201, signedIn.userId === id);
    }
  });

  await t.test("only when signed in, and then nothing is spent", async () => {
    const browser = openBrowser(server);
    const proof = await browser.askForCode("nobody@example.com");
    const identities = await countRows(database, "identities");
    const refused = await browser.post("/api/identities/email/verify", proof);
    assert.deepEqual([refused.status, refused.body.error], [401, "authentication_required"]);
    assert.equal(await countRows(database, "identities"), identities);
    assert.equal((await browser.post("/api/sign-in/email/verify", proof)).status, 200);
  });
});
