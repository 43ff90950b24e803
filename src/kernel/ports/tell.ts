/** How a person is told of something. */
export type Medium = "mail" | "push";

/** One thing to tell by one medium. */
export interface Telling {
  readonly userId: string;
  /** Of what it is about: an id. */
  readonly ref: string;
  /** When it happened. */
  readonly at: Date;
  /** Where it goes: the address of a mail, the id of a browser. Null where whoever tells it looks for that. */
  readonly target: string | null;
}

/** Tells one kind of thing. What it throws is tried again; what was told may be told again after a crash. */
export type Teller = Readonly<Record<Medium, (telling: Telling) => Promise<void>>>;

/** Where something goes by each medium; a null among them is looked for when it is told. */
export type Targets = Readonly<Record<Medium, readonly (string | null)[]>>;
