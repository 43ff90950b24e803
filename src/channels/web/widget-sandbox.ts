import * as z from "zod";

/** An origin that a policy may name: a scheme and a host, with a wildcard for its subdomains at most (CSP Level 3 §2.3.1). */
const ORIGIN = /^(?:https|wss|http):\/\/(?:\*\.)?[a-z0-9.-]+(?::\d{1,5})?$/i;

const origins = z.array(z.string()).catch([]);
const declared = z.object({ connectDomains: origins, resourceDomains: origins });

type DeclaredCsp = z.output<typeof declared>;

/** What a widget's resource declares (`_meta.ui.csp`), as it stands in the address; nothing where it cannot be read. */
export function readCsp(text: string | null): DeclaredCsp {
  try {
    return declared.parse(JSON.parse(text ?? "{}"));
  } catch {
    return { connectDomains: [], resourceDomains: [] };
  }
}

const list = (first: readonly string[], domains: readonly string[]): string =>
  [...first, ...domains.filter((domain) => ORIGIN.test(domain))].join(" ") || "'none'";

/**
 * As strict as the strictest host: what is not declared is refused, and the page has an origin of its own even when
 * someone opens it by itself, so that nothing in it can act as the person (`sandbox` without `allow-same-origin`).
 * @param baseUrl the only place that may frame it.
 */
export function sandboxPolicy(csp: DeclaredCsp, baseUrl: string): string {
  const { connectDomains, resourceDomains } = csp;
  return [
    "default-src 'none'",
    `script-src ${list(["'unsafe-inline'"], resourceDomains)}`,
    `style-src ${list(["'unsafe-inline'"], resourceDomains)}`,
    `img-src ${list(["data:"], resourceDomains)}`,
    `font-src ${list(["data:"], resourceDomains)}`,
    `media-src ${list(["data:"], resourceDomains)}`,
    `connect-src ${list([], connectDomains)}`,
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${new URL(baseUrl).origin}`,
    "sandbox allow-scripts allow-forms",
  ].join("; ");
}

/**
 * The page between host and widget (MCP Apps, "Sandbox proxy"): it takes the widget's page from the host, shows it in a
 * frame that inherits this page's policy, and hands every message on. The theme stands in the fragment, and comes
 * again in a message of our own, because a frame of another colour scheme would get an opaque ground.
 */
export const sandboxPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Widget sandbox</title>
<style>
html, body { margin: 0; height: 100%; background: transparent; }
iframe { display: block; width: 100%; height: 100%; border: 0; }
</style>
</head>
<body>
<script>
"use strict";
const inner = document.createElement("iframe");
inner.title = "Widget";
inner.setAttribute("sandbox", "allow-scripts allow-forms");
const showTheme = (theme) => {
  document.documentElement.style.colorScheme = inner.style.colorScheme = theme === "dark" ? "dark" : "light";
};
showTheme(location.hash.slice(1));
document.body.append(inner);
addEventListener("message", ({ source, data }) => {
  if (source === inner.contentWindow) parent.postMessage(data, "*");
  if (source !== parent) return;
  if (data?.sandbox) showTheme(data.sandbox.theme);
  else if (data?.method === "ui/notifications/sandbox-resource-ready") inner.srcdoc = data.params.html;
  else inner.contentWindow.postMessage(data, "*");
});
parent.postMessage({ jsonrpc: "2.0", method: "ui/notifications/sandbox-proxy-ready", params: {} }, "*");
</script>
</body>
</html>
`;
