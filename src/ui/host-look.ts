import { directionOf } from "./direction.ts";
import { type Guard, isListOf, isNumber, isObject, isOneOf, isText } from "./guards.ts";
import type { DisplayMode, HostState, HostStore } from "./host-state.ts";

type Fields = Readonly<Record<string, unknown>>;

const isMode = isOneOf("inline", "fullscreen", "pip");
const isTheme = isOneOf("light", "dark");
const isModes: Guard<readonly DisplayMode[]> = isListOf(isMode);

/** A widget asks for no more height than this inline, whatever the host would give. */
const INLINE_HEIGHT = 500;

/** Whether formatting by this language would work: a tag that is not well-formed makes every format throw. */
function isLocale(value: unknown): value is string {
  try {
    return isText(value) && Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

/** The members of a state that a context names; both bridges use the same words for most of them. */
function stateIn(context: Fields): Partial<HostState> {
  const { theme, locale, displayMode, availableDisplayModes } = context;
  return {
    ...(isTheme(theme) ? { theme } : {}),
    ...(isLocale(locale) ? { locale } : {}),
    ...(isMode(displayMode) ? { displayMode } : {}),
    ...(isModes(availableDisplayModes) ? { displayModes: availableDisplayModes } : {}),
  };
}

const maxHeightIn = ({ containerDimensions, maxHeight }: Fields): unknown =>
  isObject(containerDimensions) ? containerDimensions["maxHeight"] : maxHeight;

const insetsIn = ({ safeAreaInsets, safeArea }: Fields): unknown =>
  isObject(safeArea) ? safeArea["insets"] : safeAreaInsets;

function variablesIn({ styles }: Fields): readonly (readonly [string, string])[] {
  const variables = isObject(styles) && isObject(styles["variables"]) ? styles["variables"] : {};
  return Object.entries(variables).flatMap(([name, value]) =>
    name.startsWith("--") && isText(value) ? [[name, value] as const] : [],
  );
}

function show(root: HTMLElement, context: Fields, state: HostState): void {
  const { style } = root;
  if (state.locale !== null) {
    root.lang = state.locale;
    root.dir = directionOf(state.locale);
  }
  if (state.theme !== null) style.colorScheme = state.theme;
  root.dataset["mode"] = state.displayMode;
  for (const [name, value] of variablesIn(context)) style.setProperty(name, value);
  const maxHeight = maxHeightIn(context);
  if (isNumber(maxHeight) && maxHeight > 0)
    style.setProperty("--max-height", `${Math.min(maxHeight, INLINE_HEIGHT)}px`);
  const insets = insetsIn(context);
  if (!isObject(insets)) return;
  for (const side of ["top", "right", "bottom", "left"] as const) {
    const inset = insets[side];
    if (isNumber(inset) && inset >= 0) style.setProperty(`--inset-${side}`, `${inset}px`);
  }
}

/**
 * Takes over how a host wants a widget to look: theme, style variables, size, language (MCP Apps, "Theming" and
 * "Container dimensions"; the members of `window.openai`). It may come again, in part, whenever something changes.
 */
export function followLook(root: HTMLElement, store: HostStore, context: unknown): void {
  if (!isObject(context)) return;
  store.set(stateIn(context));
  show(root, context, store.get());
}
