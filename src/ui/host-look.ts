import { isObject, isText } from "./guards.ts";

/**
 * Takes over a host's look: light or dark, and its style variables (MCP Apps, "Theming"). Both may come again, in part,
 * whenever they change.
 * @param root the page's root element. @param context a `HostContext`, or a part of one.
 */
export function applyHostLook(root: HTMLElement, context: unknown): void {
  if (!isObject(context)) return;
  const { theme, styles } = context;
  if (theme === "light" || theme === "dark") root.style.colorScheme = theme;
  if (!isObject(styles) || !isObject(styles["variables"])) return;
  for (const [name, value] of Object.entries(styles["variables"])) {
    if (name.startsWith("--") && isText(value)) root.style.setProperty(name, value);
  }
}
