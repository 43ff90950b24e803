import type { Guard } from "../ui/guards.ts";
import { ApiError, type Download } from "./api.ts";
import { isErrorAnswer } from "./contract.ts";

const noAnswer = (): ApiError =>
  new ApiError("The server did not answer.", {
    code: "no_answer",
    next: "Check that it is running, then try again.",
    status: 0,
    requestId: null,
    retryAfter: null,
  });

const strangeAnswer = (response: Response): ApiError =>
  new ApiError("The server answered in a form that this page does not know.", {
    code: "strange_answer",
    next: "Load the page again. It may be older than the server.",
    status: response.status,
    requestId: null,
    retryAfter: null,
  });

function errorFrom(response: Response, body: unknown): ApiError {
  if (!isErrorAnswer(body)) return strangeAnswer(response);
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ApiError(body.error_description, {
    code: body.error,
    next: body.next ?? "",
    status: response.status,
    requestId: body.request_id ?? null,
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
    ...(body.ways === undefined ? {} : { ways: body.ways }),
    ...(body.digest === undefined ? {} : { digest: body.digest }),
  });
}

/** `fetch`, or a stand-in. */
export type Send = (path: string, init: RequestInit) => Promise<Response>;

/** One request with the session cookie; writes are JSON, as the server demands of them. */
export function createAsk(send: Send) {
  return async function ask(method: string, path: string, body?: unknown): Promise<Response> {
    const read: RequestInit = { method, credentials: "same-origin", cache: "no-store" };
    const json = { ...read, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await send(path, body === undefined ? read : json).catch(() => Promise.reject(noAnswer()));
    if (!response.ok) throw errorFrom(response, await response.json().catch(() => undefined));
    return response;
  };
}

/** See {@link createAsk}. */
type Ask = ReturnType<typeof createAsk>;

/** A request whose answer is JSON of a known shape; 204 is null. */
export const createCall = (ask: Ask) =>
  async function call<T>(method: string, path: string, guard: Guard<T>, body?: unknown): Promise<T> {
    const response = await ask(method, path, body);
    const answer: unknown = response.status === 204 ? null : await response.json().catch(() => undefined);
    if (!guard(answer)) throw strangeAnswer(response);
    return answer;
  };

/** See {@link createCall}. */
export type Call = ReturnType<typeof createCall>;

/** An address with those parameters that have a value. */
export function addressOf(path: string, parameters: Readonly<Record<string, string | null | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return `${path}?${new URLSearchParams(given)}`;
}

/** The file in an answer, by the name that the server gives it (RFC 6266). */
export async function downloaded(response: Response): Promise<Download> {
  const name = /filename="([^"\\/]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  const content = await response.blob().catch(() => Promise.reject(noAnswer()));
  return { name: name ?? "export.json", content };
}
