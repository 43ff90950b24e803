import {
  type CSSVariablesResolver,
  type MantineColorSchemeManager,
  createTheme,
  localStorageColorSchemeManager,
} from "@mantine/core";

/** Brass, from wash to shadow. The paper and ink around it are in `styles/paper-and-ink.css`. */
const brass = [
  "#fbf6e9",
  "#f3e9cc",
  "#e8d5a0",
  "#dcc27a",
  "#d4b063",
  "#be993f",
  "#a27f2e",
  "#80631f",
  "#6b5218",
  "#4a3910",
] as const;

/** Mantine's theme: its parts take our type, our 4 px grid and our one accent. */
export const theme = createTheme({
  colors: { brass },
  primaryColor: "brass",
  primaryShade: { light: 7, dark: 4 },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  headings: { fontWeight: "600" },
  defaultRadius: "0.5rem",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { variant: "filled" } },
    Modal: { defaultProps: { overlayProps: { backgroundOpacity: 0.4 } } },
    // A page has one banner, and a dialog's head is none: Mantine makes them `header`.
    ModalHeader: { defaultProps: { component: "div" } },
    DrawerHeader: { defaultProps: { component: "div" } },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.4 } } },
  },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
});

const paperAndInk = {
  "--mantine-color-body": "var(--paper)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-dimmed": "var(--ink-quiet)",
  // Red is for what cannot be undone; a field that is wrong says so in words.
  "--mantine-color-error": "var(--ink)",
  "--mantine-color-placeholder": "var(--ink-quiet)",
  "--mantine-color-default": "var(--sheet)",
  "--mantine-color-default-hover": "var(--sheet-pressed)",
  "--mantine-color-default-color": "var(--ink)",
  "--mantine-color-default-border": "var(--line-strong)",
};

/** Hands our colours to Mantine's parts. Both schemes name the same variables, which carry both faces themselves. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: paperAndInk, dark: paperAndInk });

/** Light or dark stays in this browser once it is chosen; until then the device decides. */
export const chosenScheme: MantineColorSchemeManager = localStorageColorSchemeManager({ key: "bellhop-look" });

/** Applies what was chosen before anything is drawn, so that no page flashes up in the other look. */
export function applyScheme(page: Document): void {
  const chosen = chosenScheme.get("auto");
  if (chosen !== "auto") page.documentElement.dataset["mantineColorScheme"] = chosen;
}
