import type { AppError, ErrorCode } from "../kernel/errors.ts";
import type { LinkStep } from "./link-attempt.ts";

type Fixes = Partial<Record<ErrorCode, string>>;

const askOperator: Fixes = {
  channel_disabled:
    "An administrator can switch the channel on, for this account or for everyone, under Admin, Channels.",
  account_disabled: "An administrator can restore the account under Admin, People.",
  client_disabled: "An administrator can restore the assistant under Admin, Assistants.",
  rate_limited: "Too many tries from one place. Wait a minute, then link again.",
  unavailable: "The server or a service behind it did not answer. Try again; if it stays, look at the server's log.",
  internal: "This is a fault of the server. Quote the request id to its operator, who finds the cause in the log.",
};

/** Where linking stops most often, and what mends it. What is not here keeps the error's own next step. */
const fixes: Readonly<Record<LinkStep, Fixes>> = {
  discovery: {},
  registration: {
    invalid_redirect_uri:
      "The assistant asked for its answers at an address that is neither https nor on the person's own machine. It has to be corrected there.",
    invalid_client_metadata:
      "The assistant described itself in a way that this server cannot serve. It has to be corrected there.",
  },
  authorize: {
    invalid_client:
      "The assistant uses a client id that is not known here, often from before a new installation. Remove the connector there and add it again.",
    invalid_request:
      "The request does not fit what the assistant registered. Remove the connector there and add it again; if it stays, compare the redirect address below with the registered one.",
    invalid_scope: "The assistant asked only for what it may not hold. Link again with the scopes of the metadata.",
    invalid_target:
      "The connector is set up with another address of this server. Use the MCP address as it is shown here.",
  },
  sign_in: {
    invalid_code: "Look at the newest message, or ask for a new code. Each works once, for ten minutes.",
    invalid_token:
      "The sign-in service's answer did not verify. Check its settings here, and the clock of this server.",
    forbidden_origin:
      "The page was opened at another address than the server's own: check SERVER_BASE_URL and the proxy.",
  },
  consent: {
    access_denied: "The person declined. Nothing needs mending; they can link again.",
    invalid_request:
      "The page was open for too long, or in another browser than the one that began. Start again from the assistant.",
    conflict: "Another person signed in beside it. Start again from the assistant.",
    authentication_required: "The sign-in ended meanwhile. Sign in and decide again.",
  },
  token: {
    invalid_grant:
      "The code was older than a minute, used before, or came without the right verifier. Link again; if it stays, something between the assistant and this server repeats or delays its requests.",
    invalid_client:
      "The assistant did not prove that it is the client: a wrong or rotated secret, or an id from before. Check its secret, or add the connector anew.",
    invalid_target:
      "The assistant named another address at its last step than the person agreed to. Use the MCP address as it is shown here.",
  },
  first_call: {
    invalid_token:
      "The assistant sent a token that does not stand at this address. Check that it calls the MCP address as it is shown here, and that no proxy changes the Authorization header.",
    insufficient_scope: "Link again and grant what the tool needs.",
  },
};

/** What mends an error at a step, in one or two sentences. */
export const fixFor = (step: LinkStep, error: AppError): string =>
  fixes[step][error.code] ?? askOperator[error.code] ?? error.next;
