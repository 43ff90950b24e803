/** An answer of a web server, whatever its status; a redirect is an answer like any other and is not followed. */
export interface WebAnswer {
  readonly status: number;
  /** By their lower-case names; a repeated header is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8 text. */
  readonly body: string;
}

/** What one fetch may cost. */
export interface WebBounds {
  readonly maxBytes: number;
  /** For all of it: name, connection, answer. */
  readonly timeoutMs: number;
  /** What to ask for, such as `application/json`. */
  readonly accept: string;
}

/** Fetches addresses that strangers name, and never reaches anything but a public web server. */
export interface WebPort {
  /**
   * `GET` of an https address.
   * @throws AppError `invalid_request` for an address that may not be asked, `unavailable` when there is no answer
   * within the bounds. The sentence says what went wrong and holds nothing of the answer.
   */
  fetchDocument(url: string, bounds: WebBounds): Promise<WebAnswer>;
}

/** What is sent to an address. */
export interface WebLetter {
  /** By their lower-case names; `host` and `content-length` are set by who sends. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Sends to addresses that strangers name, under the same guard as {@link WebPort}. */
export interface WebSender {
  /** @throws AppError `invalid_request` for an address that may not be asked, whatever its name leads to. */
  requirePublic(url: string): void;
  /**
   * `POST` to an https address; of the answer nobody reads the body.
   * @throws AppError `invalid_request` for an address that may not be asked, `unavailable` when there is no answer in time.
   */
  post(url: string, letter: WebLetter, timeoutMs: number): Promise<Omit<WebAnswer, "body">>;
}
