import type { ConnectFacts } from "./connect-ways.ts";
import type { Docs } from "./docs.ts";

/** `/llms.txt` (llmstxt.org): what this server is, and where an assistant reads on, as Markdown. */
export function llmsText({ baseUrl, mcpUrl }: ConnectFacts, docs: Docs): string {
  const line = ({ name, title, summary }: Docs["pages"][number]): string =>
    `- [${title}](${baseUrl}/docs/${name}.md): ${summary}`;
  return `# Bellhop

> Bellhop carries a product to where its users already talk: an operator runs it beside their own systems, a person links their account once, and from then on an assistant can act for them within what they allowed. Every call leaves a receipt.

This server speaks MCP over HTTP at ${mcpUrl}, with OAuth that a client finds by itself: the address is all that it needs.
How each assistant is connected stands at ${baseUrl}/mcp for people with a browser.

## Docs

${docs.pages.map(line).join("\n")}
`;
}
