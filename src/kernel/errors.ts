/**
 * The one table of errors. A code means the same thing on every surface: this table says how each surface spells it.
 * OAuth spellings follow RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 7591 §3.2.2 and RFC 8707 §2.
 */
interface ErrorRow {
  /** HTTP status. */
  readonly http: number;
  /** `error` member on OAuth endpoints. */
  readonly oauth: string;
  /** JSON-RPC 2.0 error code. */
  readonly jsonRpc: number;
  /** True when the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** What the caller should do next, in one sentence. */
  readonly next: string;
}

const row = (http: number, oauth: string, jsonRpc: number, next: string, retryable = false): ErrorRow => ({
  http,
  oauth,
  jsonRpc,
  retryable,
  next,
});

export const errorTable = {
  invalid_request: row(400, "invalid_request", -32600, "Correct the request and send it again."),
  invalid_input: row(400, "invalid_request", -32602, "Correct the arguments named here and call again."),
  malformed_json: row(400, "invalid_request", -32700, "Send one well-formed JSON document."),
  unsupported_media_type: row(415, "invalid_request", -32600, "Send the content type that this address expects."),
  payload_too_large: row(413, "invalid_request", -32600, "Send a smaller request."),
  not_found: row(404, "invalid_request", -32602, "Check the address or the id."),
  unknown_user: row(404, "invalid_request", -32602, "Let the person sign in once, then send it again."),
  method_not_allowed: row(405, "invalid_request", -32601, "Use one of the methods in the Allow header."),
  unknown_tool: row(404, "invalid_request", -32602, "Ask for the list of tools and use a name from it."),
  conflict: row(409, "invalid_request", -32600, "Read the current state and decide again."),
  identity_taken: row(409, "invalid_request", -32600, "Sign in with that identity, or use another one."),
  authentication_required: row(401, "invalid_token", -32001, "Sign in or link the account, then try again."),
  invalid_token: row(401, "invalid_token", -32001, "Link the account again to get a new token."),
  relink_required: row(
    401,
    "invalid_token",
    -32001,
    "Link the account again, and sign in with the provider named here.",
  ),
  insufficient_scope: row(403, "insufficient_scope", -32003, "Ask the person to grant the scopes named here."),
  tool_not_allowed: row(403, "access_denied", -32003, "Use a tool that this surface and this person may use."),
  role_required: row(403, "access_denied", -32003, "Ask an administrator of this server."),
  upgrade_required: row(
    403,
    "access_denied",
    -32003,
    "Offer the person the link named here; their plan does not hold this.",
  ),
  quota_exhausted: row(
    429,
    "temporarily_unavailable",
    -32005,
    "Wait until the time named here, or offer the person the link to a larger plan.",
    true,
  ),
  paused: row(403, "access_denied", -32003, "Do not try again until they resume."),
  spend_limit: row(
    403,
    "access_denied",
    -32003,
    "Propose a smaller amount, or ask the person to change their limits in the console.",
  ),
  recipient_not_allowed: row(
    403,
    "access_denied",
    -32003,
    "Ask the person to add the recipient to their list in the console.",
  ),
  recipient_on_hold: row(
    403,
    "access_denied",
    -32003,
    "Wait until the time named here: a recipient that is new rests first.",
  ),
  approval_void: row(409, "invalid_request", -32600, "Call the tool again, so that the person is asked anew."),
  approval_rejected: row(403, "access_denied", -32003, "Do not ask again unless they want it."),
  approval_expired: row(409, "invalid_request", -32600, "Call the tool again if the person still wants it."),
  fresh_sign_in_required: row(403, "access_denied", -32003, "Sign in again, or use a passkey, and decide then."),
  passkey_refused: row(403, "access_denied", -32003, "Try again with a passkey of this account, or sign in again."),
  operation_mismatch: row(422, "invalid_request", -32602, "Use a new operation id for other arguments."),
  operation_running: row(409, "invalid_request", -32006, "Wait a moment, then send the same call again.", true),
  outcome_unknown: row(
    409,
    "invalid_request",
    -32009,
    "Do not call again: it may have happened. Ask job_status until it is known.",
  ),
  result_too_large: row(422, "invalid_request", -32602, "Ask for less at once."),
  job_expired: row(409, "invalid_request", -32600, "Call again if it is still wanted; nothing was run."),
  cancelled: row(409, "invalid_request", -32600, "Call again if it is still wanted; nothing was changed."),
  channel_disabled: row(403, "access_denied", -32003, "Ask whoever runs this server to switch the channel on."),
  client_disabled: row(403, "access_denied", -32003, "Ask whoever runs this server; linking again does not help."),
  account_disabled: row(403, "access_denied", -32003, "Ask whoever runs this server; linking again does not help."),
  forbidden_origin: row(403, "invalid_request", -32003, "Open the server at its own address."),
  human_check_failed: row(403, "access_denied", -32003, "Answer the check on the page once more."),
  invalid_code: row(400, "invalid_grant", -32600, "Check the newest message, or ask for a new code."),
  rate_limited: row(429, "temporarily_unavailable", -32005, "Wait as long as Retry-After says, then try again.", true),
  timeout: row(504, "temporarily_unavailable", -32008, "Try again; nothing was changed.", true),
  interrupted: row(500, "server_error", -32603, "Call again; nothing was changed.", true),
  unavailable: row(503, "temporarily_unavailable", -32004, "Try again in a moment.", true),
  internal: row(500, "server_error", -32603, "Try again; if it stays, report the request id.", true),
  invalid_client: row(
    401,
    "invalid_client",
    -32001,
    "Check the client's id and its proof, or register the client again.",
  ),
  invalid_grant: row(400, "invalid_grant", -32600, "Start the authorization again."),
  unauthorized_client: row(400, "unauthorized_client", -32600, "Use a grant type that the client registered for."),
  unsupported_grant_type: row(
    400,
    "unsupported_grant_type",
    -32600,
    "Use authorization_code or refresh_token; token exchange is for the company's own services.",
  ),
  unsupported_response_type: row(400, "unsupported_response_type", -32600, "Use response_type=code."),
  invalid_scope: row(400, "invalid_scope", -32600, "Ask for scopes that the metadata lists."),
  invalid_target: row(400, "invalid_target", -32600, "Name a resource that the metadata lists."),
  access_denied: row(403, "access_denied", -32003, "The person declined; ask only if they want to try again."),
  invalid_redirect_uri: row(400, "invalid_redirect_uri", -32600, "Register an https address or a loopback address."),
  invalid_client_metadata: row(400, "invalid_client_metadata", -32600, "Correct the client metadata named here."),
} as const satisfies Record<string, ErrorRow>;

/** A stable error code; the keys of {@link errorTable}. */
export type ErrorCode = keyof typeof errorTable;

interface AppErrorOptions extends ErrorOptions {
  /** Replaces the table's next step where a better one is known. */
  readonly next?: string;
  /** Machine-readable members that every surface may show (never a secret). */
  readonly details?: Readonly<Record<string, string | number | readonly string[]>>;
}

/**
 * An error that was foreseen. `message` is a sentence that a person may read; the cause never leaves the process.
 * Thrown anywhere inside, mapped once at the channel.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly next: string;
  readonly details: Readonly<Record<string, string | number | readonly string[]>>;

  constructor(code: ErrorCode, publicMessage: string, options: AppErrorOptions = {}) {
    super(publicMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = options.next ?? errorTable[code].next;
    this.details = options.details ?? {};
  }
}

/** What an unforeseen error becomes before it reaches a surface: the cause is for the log alone. */
export const asAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError("internal", "Something went wrong on our side.", { cause: error });
