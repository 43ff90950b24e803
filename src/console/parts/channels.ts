const names: Readonly<Record<string, string>> = {
  chatgpt: "ChatGPT",
  claude: "Claude",
  mcp: "MCP client",
  actions: "GPT Actions",
  voice: "Voice",
  x: "X",
  stdio: "Command line",
  web: "This website",
};

/** The surfaces that have a name in the person's words. */
export const knownChannels: readonly string[] = Object.keys(names);

/** Who made a call: the person themselves, in their own browser, or a client by its name. */
export const askedBy = ({ clientName, channel }: { readonly clientName: string; readonly channel: string }): string =>
  channel === "web" ? "You" : clientName;

/** A surface in the person's words; one that this page does not know keeps its own name. */
export const channelName = (channel: string): string =>
  Object.hasOwn(names, channel) ? (names[channel] ?? channel) : channel;

/**
 * Through what a call came, where that says more than who asked; null for `mcp`, which is any program that speaks the
 * protocol, and where both have one name.
 */
export function askedThrough({
  clientName,
  channel,
}: {
  readonly clientName: string;
  readonly channel: string;
}): string | null {
  const through = channelName(channel);
  return channel === "mcp" || through === clientName ? null : through;
}

/** Those through which assistants act. */
export const assistantChannels: readonly string[] = knownChannels.filter((channel) => channel !== "web");
