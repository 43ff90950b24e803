import { isLoopbackHost } from "../../kernel/loopback.ts";
import { formScopes } from "../../kernel/scopes.ts";
import { escapeHtml } from "./html.ts";

/** What a person pastes into an assistant is made of. */
export interface ConnectFacts {
  /** Origin without a trailing slash. */
  readonly baseUrl: string;
  readonly mcpUrl: string;
}

/** One assistant, and how it is connected. `steps` are HTML. */
interface Way {
  readonly id: string;
  readonly name: string;
  readonly steps: string;
}

/** An address that stands for one that the reader has yet to get (RFC 6761 §6.5). */
const EXAMPLE_ORIGIN = "https://bellhop.example.com";

/** A value to paste, whole. @param what the end of "Copy ...". */
export const pasteValue = (value: string, what: string, first = false): string =>
  `<div class="code value${first ? " is-first" : ""}" data-copy="${escapeHtml(what)}"><pre><code>${escapeHtml(value)}</code></pre></div>`;

const list = (...steps: readonly string[]): string => `<ol>${steps.map((step) => `<li>${step}</li>`).join("\n")}</ol>`;

const isPublic = ({ baseUrl }: ConnectFacts): boolean => !isLoopbackHost(new URL(baseUrl).hostname);

/** The address for an assistant that calls from its own servers; on this machine alone there is none to paste yet. */
const publicAddress = (facts: ConnectFacts): string =>
  isPublic(facts)
    ? pasteValue(facts.mcpUrl, "the address")
    : ` your public address with <code>/mcp</code> at its end, such as <code>${EXAMPLE_ORIGIN}/mcp</code>.`;

const needsPublic = (name: string, facts: ConnectFacts): string =>
  isPublic(facts)
    ? ""
    : `<p>${name} calls from its own servers, so it needs <a href="#public-address">a public https address</a> first.</p>`;

const SIGN_IN = "Sign in on the page of this server that opens, look at what is asked for, and allow it.";

const chatGpt = (facts: ConnectFacts): Way => ({
  id: "chatgpt",
  name: "ChatGPT",
  steps: `${needsPublic("ChatGPT", facts)}${list(
    `Open <a href="https://chatgpt.com/plugins">Plugins</a> in ChatGPT on the web, press the plus button, and choose <em>Add custom MCP server</em>. In a workspace, its owner may have to allow that first.`,
    `Name it Bellhop. As <em>Server URL</em>, enter${publicAddress(facts)}`,
    `Choose <em>OAuth</em> and enter no client id: ChatGPT registers itself. Then choose <em>Create as a plugin</em>.`,
    SIGN_IN,
  )}`,
});

const claude = (facts: ConnectFacts): Way => ({
  id: "claude",
  name: "Claude",
  steps: `${needsPublic("Claude", facts)}${list(
    `In <a href="https://claude.ai">Claude</a> on the web or on the desktop, open <em>Customize</em>, then <em>Connectors</em>, press the plus button, and choose <em>Add custom connector</em>. In a team, an owner adds it.`,
    `Name it Bellhop. As its URL, enter${publicAddress(facts)}`,
    `Leave the advanced settings empty, since Claude registers itself. Choose <em>Add</em>, then <em>Connect</em>.`,
    SIGN_IN,
  )}`,
});

const claudeCode = ({ mcpUrl }: ConnectFacts): Way => ({
  id: "claude-code",
  name: "Claude Code",
  steps: list(
    `Run this in a terminal.${pasteValue(`claude mcp add --transport http bellhop ${mcpUrl}`, "the command")}`,
    `Type <code>/mcp</code> in Claude Code, choose <em>bellhop</em>, then <em>Authenticate</em>.`,
    SIGN_IN,
  ),
});

/** The address that opens Cursor and has it ask whether to add the server: its entry of mcp.json, in base64. */
function cursorLink({ mcpUrl }: ConnectFacts): string {
  const config = Buffer.from(JSON.stringify({ url: mcpUrl })).toString("base64");
  return `cursor://anysphere.cursor-deeplink/mcp/install?name=bellhop&config=${encodeURIComponent(config)}`;
}

const cursor = (facts: ConnectFacts): Way => ({
  id: "cursor",
  name: "Cursor",
  steps: `<p><a class="button" href="${escapeHtml(cursorLink(facts))}">Add to Cursor</a></p>
<p>Or write it into <code>~/.cursor/mcp.json</code>, or into <code>.cursor/mcp.json</code> of one project:</p>
${pasteValue(JSON.stringify({ mcpServers: { bellhop: { url: facts.mcpUrl } } }, null, 2), "the settings")}
<p>Cursor then asks you to sign in. ${SIGN_IN}</p>`,
});

/** What the editor of a GPT asks for; without a public address there is none of it to paste yet. */
const actionValues = ({ baseUrl }: ConnectFacts): string =>
  list(
    `On the machine of this server, make the GPT's client. Its id and its secret are shown this once.${pasteValue("npm start -- client create chatgpt", "the command")}`,
    `In the GPT's editor, under <em>Configure</em>, add an action, choose <em>OAuth</em> as its authentication, and enter that <em>Client ID</em> and <em>Client Secret</em>. Both token exchange methods work.`,
    `As <em>Authorization URL</em>, enter${pasteValue(`${baseUrl}/oauth/chatgpt/authorize`, "the authorization URL")}`,
    `As <em>Token URL</em>, enter${pasteValue(`${baseUrl}/oauth/chatgpt/token`, "the token URL")}`,
    `As <em>Scope</em>, enter${pasteValue(formScopes, "the scopes")}`,
    `Save the GPT. Its id, <code>g-…</code>, is in its address now; let it take answers at both of its hosts, with the client's id and the GPT's in place of these:${pasteValue(
      ["chat.openai.com", "chatgpt.com"]
        .map((host) => `npm start -- client add-redirect CLIENT_ID https://${host}/aip/GPT_ID/oauth/callback`)
        .join("\n"),
      "the commands",
    )}`,
  );

const gptActions = (facts: ConnectFacts): Way => ({
  id: "gpt-actions",
  name: "GPT Actions",
  steps: `<p>The sign-in of a GPT's actions works: it links, refreshes and is revoked like any other. The actions themselves do not yet: their schema, an OpenAPI document, comes with the channel that answers them, and this version of Bellhop has none. To use the tools in ChatGPT today, add it <a href="#chatgpt">as a plugin</a>.</p>
${needsPublic("A GPT", facts)}${isPublic(facts) ? actionValues(facts) : ""}`,
});

const others = ({ mcpUrl }: ConnectFacts): Way => ({
  id: "others",
  name: "Others",
  steps: `<p>Any client that speaks MCP over HTTP and OAuth needs this address and nothing else: it finds the rest by itself.</p>
${pasteValue(mcpUrl, "the address")}`,
});

const waysTo = (facts: ConnectFacts): readonly Way[] => [
  chatGpt(facts),
  claude(facts),
  claudeCode(facts),
  cursor(facts),
  gptActions(facts),
  others(facts),
];

/** What to do before an assistant on the web can reach a server that only this machine reaches. */
function publicAddressNote(facts: ConnectFacts): string {
  if (isPublic(facts)) return "";
  const { baseUrl } = facts;
  return `<section class="note" id="public-address" aria-labelledby="public-address-title">
<h3 id="public-address-title">ChatGPT and Claude need a public https address</h3>
<p>This server is at <code>${escapeHtml(baseUrl)}</code>, which only this machine reaches. Claude Code and Cursor on this machine can use it as it is. ChatGPT and Claude call from their own servers: put a reverse proxy or a tunnel with an https address in front of port ${new URL(baseUrl).port || "80"}, and start with that address.</p>
${pasteValue(`SERVER_BASE_URL=${EXAMPLE_ORIGIN} BELLHOP_TRUSTED_PROXIES=1 npm start`, "the command")}
<p>Then open this page there: it shows the values to paste.</p>
</section>`;
}

const wayHtml = ({ id, name, steps }: Way): string =>
  `<section class="way" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title">${name}</h3>
<div>${steps}</div>
</section>`;

/** Every way to connect an assistant, with the exact values of this server, as HTML below a heading of the second level. */
export function connectWays(facts: ConnectFacts): string {
  const ways = waysTo(facts);
  const jumps = ways.map(({ id, name }) => `<li><a href="#${id}">${name}</a></li>`).join("");
  return `<div class="connect">
<ul class="jump">${jumps}</ul>
${publicAddressNote(facts)}
${ways.map(wayHtml).join("\n")}
</div>`;
}
