/** A file as it is served. */
export interface ServedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What a browser may show by itself; everything else it saves. */
const SHOWN: ReadonlySet<string> = new Set([
  "text/html",
  "text/markdown",
  "text/plain",
  "application/json",
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/svg+xml",
]);

/** A document of nobody's origin that runs nothing, asks nobody, and is framed by our own pages alone. */
const POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const kindOf = (mediaType: string): string => mediaType.split(";")[0]?.trim() ?? "";

/** Text without a word of how it is written is UTF-8. */
function contentType(mediaType: string): string {
  const kind = kindOf(mediaType);
  const isText = kind.startsWith("text/") || kind === "application/json";
  return isText && !mediaType.includes(";") ? `${mediaType}; charset=utf-8` : mediaType;
}

/** Serves what a tool made: whatever is in it, it can do nothing to our pages. Its name holds nothing to escape. */
export function artifactResponse({ name, mediaType, body }: ServedFile): Response {
  const way = SHOWN.has(kindOf(mediaType)) ? "inline" : "attachment";
  return new Response(body, {
    headers: {
      "content-type": contentType(mediaType),
      "content-length": String(body.byteLength),
      "content-disposition": `${way}; filename="${name}"`,
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    },
  });
}
