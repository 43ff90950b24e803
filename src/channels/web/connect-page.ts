import { type ConnectFacts, connectWays, pasteValue } from "./connect-ways.ts";
import { type Site, siteResponse } from "./site-page.ts";

/** What a browser sees at the address that assistants call. */
export function connectPage(site: Site, facts: ConnectFacts): Response {
  const body = `<div class="hero">
<div>
<h1>Connect an assistant</h1>
<p class="lead">You have opened an address that assistants call. Give it to yours, and link your account once.</p>
</div>
<div class="address">${pasteValue(facts.mcpUrl, "the address", true)}</div>
</div>
<section class="connect" aria-labelledby="how">
<h2 id="how">Where to paste it</h2>
${connectWays(facts)}
</section>`;
  const description = "How to connect ChatGPT, Claude, Claude Code, Cursor and others to this server.";
  const response = siteResponse(site, { title: "Connect an assistant · Bellhop", description, current: "/mcp", body });
  // An assistant that asks for this address gets another answer.
  response.headers.set("vary", "accept, authorization");
  return response;
}
