/** The weight that a media type is given by name, 0 when it is not named (RFC 9110 §12.5.1). */
function weightOf(accept: string, type: string): number {
  const weights = accept.split(",").map((range) => {
    const [name, ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return name === type ? Number(quality) : 0;
  });
  return Math.max(0, ...weights.filter(Number.isFinite));
}

/**
 * Whether a person's browser asks: it names HTML and likes it better than the two forms that an assistant speaks. A
 * wildcard alone, as command-line clients send it, is no wish for a page.
 * @param accept the header as it came.
 */
export function prefersHtml(accept: string | undefined): boolean {
  const html = weightOf(accept ?? "", "text/html");
  return ["application/json", "text/event-stream"].every((type) => html > weightOf(accept ?? "", type));
}
