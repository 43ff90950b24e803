import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useParts } from "../console-parts.ts";
import { CopyLine } from "../parts/copy.tsx";
import { isPublicAddress } from "./public-address.ts";

/** The name under which an assistant lists this server. */
const NAME = "bellhop";

const cursorSettings = (mcpUrl: string): string => JSON.stringify({ mcpServers: { [NAME]: { url: mcpUrl } } });

interface FromAfarProps {
  readonly who: string;
  readonly mcpUrl: string;
  readonly children: ReactNode;
}

/** The steps for an assistant that calls from its maker's servers; on this machine alone there is nothing to paste yet. */
const FromAfar = ({ who, mcpUrl, children }: FromAfarProps) =>
  isPublicAddress(mcpUrl) ? (
    <>
      <ol className="steps">{children}</ol>
      <CopyLine value={mcpUrl} what="MCP address" primary />
    </>
  ) : (
    <>
      <p>
        {who} calls from its own servers, so it first needs{" "}
        <a href="/#public-address">a public https address of this server</a>. Then:
      </p>
      <ol className="steps">{children}</ol>
    </>
  );

interface Way {
  readonly id: string;
  readonly name: string;
  readonly steps: (mcpUrl: string) => ReactNode;
}

const decide = <li>A page opens here. Look at what it asks for, and decide.</li>;

const ways: readonly Way[] = [
  {
    id: "claude-code",
    name: "Claude Code",
    steps: (mcpUrl) => (
      <ol className="steps">
        <li>
          Run this in a terminal.
          <CopyLine value={`claude mcp add --transport http ${NAME} ${mcpUrl}`} what="command" primary />
        </li>
        <li>In Claude Code, type /mcp, choose {NAME}, then Authenticate.</li>
        {decide}
      </ol>
    ),
  },
  {
    id: "chatgpt",
    name: "ChatGPT",
    steps: (mcpUrl) => (
      <FromAfar who="ChatGPT" mcpUrl={mcpUrl}>
        <li>Open Plugins in ChatGPT on the web, press the plus button, and choose Add custom MCP server.</li>
        <li>Name it Bellhop, and paste the MCP address as its server URL.</li>
        <li>Choose OAuth, enter no client id, and create it as a plugin.</li>
        {decide}
      </FromAfar>
    ),
  },
  {
    id: "claude",
    name: "Claude",
    steps: (mcpUrl) => (
      <FromAfar who="Claude" mcpUrl={mcpUrl}>
        <li>In Claude, open Customize, then Connectors, press the plus button, and choose Add custom connector.</li>
        <li>Name it Bellhop, and paste the MCP address as its URL.</li>
        <li>Choose Add, then Connect.</li>
        {decide}
      </FromAfar>
    ),
  },
  {
    id: "cursor",
    name: "Cursor",
    steps: (mcpUrl) => (
      <ol className="steps">
        <li>
          Put this into ~/.cursor/mcp.json, or beside what is there.
          <CopyLine value={cursorSettings(mcpUrl)} what="settings" primary />
        </li>
        <li>Cursor then asks you to sign in.</li>
        {decide}
      </ol>
    ),
  },
];

/** How to link the first assistant, with the exact values to paste. */
export function FirstSteps() {
  const { facts } = useParts();
  return (
    <section className="sheet stack" aria-labelledby="first-steps">
      <h2 id="first-steps">Link your first assistant</h2>
      <p>Nothing has happened yet. Link an assistant, and it can use your tools for you, within what you allow.</p>
      <Tabs defaultValue="claude-code" keepMounted={false}>
        <Tabs.List aria-label="Assistants">
          {ways.map(({ id, name }) => (
            <Tabs.Tab key={id} value={id}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {ways.map(({ id, steps }) => (
          <Tabs.Panel key={id} value={id} className="stack">
            {steps(facts.mcpUrl)}
          </Tabs.Panel>
        ))}
      </Tabs>
      <p className="small">
        <a href="/">Other assistants, and more about each</a>
      </p>
    </section>
  );
}
