/** A JSON answer about one person: no cache keeps it. @param cookies `Set-Cookie` values to go with it. */
export function privateJson(body: unknown, status: number, ...cookies: readonly (string | null)[]): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  for (const cookie of cookies) if (cookie !== null) headers.append("set-cookie", cookie);
  return Response.json(body, { status, headers });
}
