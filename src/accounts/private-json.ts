/** A JSON answer about one person: no cache keeps it. @param cookie a `Set-Cookie` value to go with it. */
export function privateJson(body: unknown, status: number, cookie: string | null = null): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  if (cookie !== null) headers.append("set-cookie", cookie);
  return Response.json(body, { status, headers });
}
