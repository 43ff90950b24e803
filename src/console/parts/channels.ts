const names: Readonly<Record<string, string>> = {
  chatgpt: "ChatGPT",
  claude: "Claude",
  mcp: "MCP client",
  web: "This website",
};

/** A surface in the person's words; one that this page does not know keeps its own name. */
export const channelName = (channel: string): string =>
  Object.hasOwn(names, channel) ? (names[channel] ?? channel) : channel;
