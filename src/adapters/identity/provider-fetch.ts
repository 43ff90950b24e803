/** Milliseconds that a provider has to answer, body and all, where nothing else is said. */
export const PROVIDER_TIMEOUT_MS = 8000;
/** Bytes that an answer of a provider may have: key sets and metadata are a few kilobytes. */
const MAX_BYTES = 256 * 1024;

/** The part of a request that jose, oauth4webapi and our own adapters set. */
interface ProviderRequest {
  readonly method?: string | undefined;
  readonly headers?: Headers | Record<string, string> | undefined;
  readonly body?: string | URLSearchParams | Uint8Array<ArrayBuffer> | ArrayBuffer | ReadableStream | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `fetch` as jose and oauth4webapi call it. */
export type ProviderFetch = (url: string | URL, request?: ProviderRequest) => Promise<Response>;

async function boundedBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error(`The answer is larger than ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** 204 and its kin may carry no body (Fetch §2.2.6). */
const isNullBody = (status: number): boolean => status === 204 || status === 205 || status === 304;

/**
 * Asks a provider that the operator named: no redirect is followed, the whole answer comes in time and in bounds or
 * not at all. So nobody waits for a provider that hangs, and no answer fills the memory.
 */
export const createProviderFetch =
  (timeoutMs = PROVIDER_TIMEOUT_MS): ProviderFetch =>
  async (url, { method = "GET", headers: sent = {}, body: given = null, signal: left } = {}) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = left ? AbortSignal.any([left, deadline]) : deadline;
    const response = await fetch(url, { method, headers: sent, body: given, redirect: "manual", signal });
    const body = await boundedBody(response);
    const { status, headers } = response;
    return new Response(isNullBody(status) ? null : body, { status, headers });
  };
