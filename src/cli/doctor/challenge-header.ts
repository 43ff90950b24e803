import { inShort, withBody } from "./documents.ts";
import { Fault } from "./fault.ts";
import type { Answer } from "./probe.ts";

/** What `WWW-Authenticate` says (RFC 6750 §3, RFC 9728 §5.1). */
export interface Challenge {
  readonly resourceMetadata: string | undefined;
  readonly scope: string | undefined;
  readonly error: string | undefined;
}

const PARAMETER = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

/** The parameters of the Bearer challenge; the header may hold others before it. */
function parametersOf(header: string): ReadonlyMap<string, string> | null {
  const [, bearer] = /(?:^|,\s*)bearer\b(.*)$/is.exec(header) ?? [];
  if (bearer === undefined) return null;
  return new Map(
    [...bearer.matchAll(PARAMETER)].map(([, name = "", quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? ""]),
  );
}

/** Reads the challenge of a refused call. @throws Fault when it was not refused with 401, or not with a Bearer challenge. */
export function challengeOf(answer: Answer): Challenge {
  if (answer.status !== 401) {
    throw new Fault(
      `${withBody(answer)}. Only 401 makes a client ask the person to link.`,
      "Refuse calls without a token with 401 and a WWW-Authenticate header, before anything else looks at them.",
    );
  }
  const header = answer.headers["www-authenticate"];
  const parameters = header === undefined ? null : parametersOf(header);
  if (parameters === null) {
    throw new Fault(
      `${inShort(answer)}, with ${header === undefined ? "no WWW-Authenticate header" : `WWW-Authenticate: ${header}`}. Clients find the authorization server by its Bearer challenge.`,
      'Send WWW-Authenticate: Bearer resource_metadata="…", scope="…", and see that no proxy removes the header.',
    );
  }
  return {
    resourceMetadata: parameters.get("resource_metadata"),
    scope: parameters.get("scope"),
    error: parameters.get("error"),
  };
}
