import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Person } from "./person.ts";

/** A client as its host runs it. */
export interface Animal {
  /** Asks for the link, lets the person allow it, and takes the tokens. */
  link(person: Person): Promise<void>;
  /** Calls the tool `echo` and returns its text. */
  echo(text: string): Promise<string>;
  /** Refreshes in its own way, and says what it holds then. @throws when it is refused */
  refresh(): Promise<string>;
}

interface Expected {
  /** Channel of its link. */
  readonly channel: string;
  /** Where its codes go, as the person is shown it. */
  readonly host: RegExp;
}

/** The life of a client: it links, calls, refreshes, calls again, is revoked by the person, and is refused from then on. */
export async function liveThrough(t: TestContext, person: Person, animal: Animal, expected: Expected): Promise<void> {
  const before = new Set((await person.grants()).map(({ id }) => id));

  await t.test("it links, and the person sees by whom and where from", async () => {
    await animal.link(person);
    const made = (await person.grants()).filter(({ id }) => !before.has(id));
    assert.deepEqual(
      made.map(({ channel }) => channel),
      [expected.channel],
    );
    assert.match(made[0]?.redirectHost ?? "", expected.host);
  });

  await t.test("it calls", async () => assert.equal(await animal.echo("first"), "first"));

  await t.test("it refreshes, and calls with what it got", async () => {
    const [first, second] = [await animal.refresh(), await animal.refresh()];
    assert.notEqual(first, second, "each refresh gives a new token");
    assert.equal(await animal.echo("after a refresh"), "after a refresh");
  });

  await t.test("the person revokes it: its next call and its next refresh are refused", async () => {
    for (const { id } of (await person.grants()).filter((grant) => !before.has(grant.id))) await person.revoke(id);
    await assert.rejects(animal.echo("after the end"));
    await assert.rejects(animal.refresh());
  });
}
