/** The hosts that can be emulated. */
export type HostKind = "chatgpt" | "claude" | "mcp-apps";

export type Theme = "light" | "dark";
export type DisplayMode = "inline" | "fullscreen" | "pip";

/** What tells one kind of host from another. */
export interface HostFacts {
  /** As people know it. */
  readonly title: string;
  /** How it calls itself in `ui/initialize`. */
  readonly hostInfo: { readonly name: string; readonly version: string };
  /** The colour behind a widget, for whoever draws the conversation around it. */
  readonly background: Readonly<Record<Theme, string>>;
  /** What it offers a widget beside inline. */
  readonly displayModes: readonly DisplayMode[];
  /** The style variables that it hands out (MCP Apps, "Theming"); a plain host has none. */
  readonly variables: Readonly<Record<Theme, Readonly<Record<string, string>>>>;
}

const CLAUDE_SHAPES = {
  "--font-sans": "ui-sans-serif, system-ui, sans-serif",
  "--font-text-md-size": "16px",
  "--font-text-sm-size": "14px",
  "--border-radius-md": "8px",
  "--border-radius-lg": "12px",
};

const CLAUDE_LIGHT = {
  ...CLAUDE_SHAPES,
  "--color-background-primary": "#ffffff",
  "--color-background-secondary": "#f5f4ed",
  "--color-text-primary": "#141413",
  "--color-text-secondary": "#5e5d59",
  "--color-text-danger": "#b53333",
  "--color-text-success": "#4b7340",
  "--color-border-primary": "#d1cfc5",
  "--color-ring-primary": "#2c84db",
};

const CLAUDE_DARK = {
  ...CLAUDE_SHAPES,
  "--color-background-primary": "#30302e",
  "--color-background-secondary": "#262624",
  "--color-text-primary": "#faf9f5",
  "--color-text-secondary": "#b0aea5",
  "--color-text-danger": "#fe8181",
  "--color-text-success": "#9acc8f",
  "--color-border-primary": "#4d4c48",
  "--color-ring-primary": "#61aaf2",
};

/** Every kind of host. Names and colours are close to the real ones, not theirs to the pixel. */
export const hostKinds: Readonly<Record<HostKind, HostFacts>> = {
  chatgpt: {
    title: "ChatGPT",
    hostInfo: { name: "chatgpt", version: "1.0.0" },
    background: { light: "#ffffff", dark: "#212121" },
    displayModes: ["inline", "fullscreen", "pip"],
    variables: { light: {}, dark: {} },
  },
  claude: {
    title: "Claude",
    hostInfo: { name: "claude", version: "1.0.0" },
    background: { light: "#faf9f5", dark: "#262624" },
    displayModes: ["inline", "fullscreen"],
    variables: { light: CLAUDE_LIGHT, dark: CLAUDE_DARK },
  },
  "mcp-apps": {
    title: "MCP Apps",
    hostInfo: { name: "plain-host", version: "1.0.0" },
    background: { light: "#ffffff", dark: "#1e1e1e" },
    displayModes: ["inline"],
    variables: { light: {}, dark: {} },
  },
};
