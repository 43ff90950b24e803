import * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { webAuthnDecoders } from "./web-authn.ts";

const base64url = (most: number) =>
  z
    .string()
    .regex(/^[\w-]+$/)
    .max(most);

/** The id of a credential is 1023 bytes at most (WebAuthn §4). */
const credential = { id: base64url(1400), rawId: base64url(1400), type: z.literal("public-key") };

/** What `navigator.credentials.create` gives, as JSON (WebAuthn §5.1, RegistrationResponseJSON), as far as we read it. */
const registration = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(4096),
    attestationObject: base64url(32_768),
    transports: z.array(z.string().max(40)).max(10).default([]),
  }),
});

/** What `navigator.credentials.get` gives, as JSON (AuthenticationResponseJSON), as far as we read it. */
const assertion = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(4096),
    authenticatorData: base64url(8192),
    signature: base64url(8192),
    userHandle: base64url(100).nullish(),
  }),
});

const clientData = z.object({ challenge: z.string().max(200), crossOrigin: z.boolean().optional() });

/** One answer for every reason, so that whoever tries learns nothing; the reason is for the log. */
export const refusedPasskey = (cause: unknown, sentence = "This passkey was not accepted."): AppError =>
  new AppError("passkey_refused", sentence, { cause });

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError("invalid_request", "This is not what a browser gives for a passkey.", { cause: result.error });
}

/**
 * What the browser says that was signed, read before it is proven: only to find the challenge, which is used up now. Our
 * pages are framed by nobody, so an answer that was asked for inside a frame of another site is none of ours.
 */
function challengeIn(clientDataJSON: string): string {
  const text = Buffer.from(clientDataJSON, "base64url").toString("utf8");
  const read = (): unknown => {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw refusedPasskey(cause);
    }
  };
  const { challenge, crossOrigin } = parsed(clientData, read());
  if (crossOrigin) throw refusedPasskey(new Error("It was asked for inside a frame of another site."));
  return challenge;
}

/**
 * We ask for no attestation, and take none that names certificates: verifying those would fetch revocation lists from
 * addresses that the certificates, and so a stranger, name.
 */
async function requireNoCertificates(attestationObject: string): Promise<void> {
  const { decodeAttestationObject } = await webAuthnDecoders();
  try {
    const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, "base64url")));
    const plain = decoded.get("fmt") === "none" || decoded.get("fmt") === "packed";
    if (plain && decoded.get("attStmt").get("x5c") === undefined) return;
  } catch (cause) {
    throw refusedPasskey(cause);
  }
  throw refusedPasskey(new Error("It comes with an attestation that was not asked for."));
}

/**
 * A new passkey as a browser hands it over; nothing of it is proven yet.
 * @throws AppError `invalid_request` for anything else, `passkey_refused` for what can never be accepted.
 */
export async function readRegistration(value: unknown) {
  const answer = parsed(registration, value);
  await requireNoCertificates(answer.response.attestationObject);
  return { answer: { ...answer, clientExtensionResults: {} }, challenge: challengeIn(answer.response.clientDataJSON) };
}

/**
 * A passkey's answer as a browser hands it over; nothing of it is proven yet.
 * @throws AppError `invalid_request` for anything else, `passkey_refused` for what can never be accepted.
 */
export function readAssertion(value: unknown) {
  const { response, ...answer } = parsed(assertion, value);
  const { userHandle, ...signed } = response;
  return {
    answer: { ...answer, response: signed, clientExtensionResults: {} },
    userHandle: userHandle ?? null,
    challenge: challengeIn(signed.clientDataJSON),
  };
}
