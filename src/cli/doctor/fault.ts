/** A check that failed: what is wrong and what it does to clients, and what to change. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly fix: string;

  constructor(cause: string, fix: string, origin?: unknown) {
    super(cause, origin === undefined ? undefined : { cause: origin });
    this.fix = fix;
  }
}

/** A check that cannot be made, or does not apply. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}
