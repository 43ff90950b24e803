import { type DisplayMode, type HostKind, type Theme, hostKinds } from "../../ui/emulated-host/host-kinds.ts";
import { type Conditions, calm } from "./call-conditions.ts";

/** How the conversation around the widget is shown. */
export interface HostSettings {
  readonly theme: Theme;
  readonly displayMode: DisplayMode;
  readonly width: "wide" | "phone";
  /** BCP 47. */
  readonly locale: string;
  /** ChatGPT alone: its older page, which knows `window.openai` and nothing else. */
  readonly older: boolean;
  readonly conditions: Conditions;
}

/** The person's own theme and language, and nothing goes wrong. */
export const initialSettings = (theme: Theme, locale: string): HostSettings => ({
  theme,
  displayMode: "inline",
  width: "wide",
  locale,
  older: false,
  conditions: calm,
});

/** Languages worth trying: long words, from right to left, another script. */
const LOCALES = [
  { value: "en-GB", words: "English" },
  { value: "de-CH", words: "Deutsch" },
  { value: "ar", words: "العربية" },
  { value: "ja", words: "日本語" },
] as const;

/** The languages to choose from, with the person's own where it is another. */
export const localesWith = (own: string): readonly { readonly value: string; readonly words: string }[] =>
  LOCALES.some(({ value }) => value === own) ? LOCALES : [{ value: own, words: own }, ...LOCALES];

/** How a mode is called here. */
export const modeTitles: Readonly<Record<DisplayMode, string>> = {
  inline: "Inline",
  fullscreen: "Full screen",
  pip: "Small window",
};

/** The mode that a kind of host has of the one that was asked for. */
export const modeIn = (kind: HostKind, mode: DisplayMode): DisplayMode =>
  hostKinds[kind].displayModes.includes(mode) ? mode : "inline";
