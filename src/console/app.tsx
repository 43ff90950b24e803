import { MantineProvider } from "@mantine/core";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useRef } from "react";
import { type ConsoleParts, ConsolePartsContext } from "./console-parts.ts";
import { SeenPageContext } from "./parts/page-heading.tsx";
import type { createConsoleRouter } from "./router.tsx";
import { chosenScheme, cssVariables, theme } from "./theme.ts";
import { ToastsProvider } from "./toasts/toasts-provider.tsx";

interface AppProps {
  readonly parts: ConsoleParts;
  readonly queries: QueryClient;
  readonly router: ReturnType<typeof createConsoleRouter>;
}

/** The console: its parts handed to its pages. */
export function App({ parts, queries, router }: AppProps) {
  const seenPage = useRef(false);
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={chosenScheme}
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => parts.facts.styleNonce}
    >
      <ConsolePartsContext value={parts}>
        <SeenPageContext value={seenPage}>
          <QueryClientProvider client={queries}>
            <ToastsProvider>
              <RouterProvider router={router} />
            </ToastsProvider>
          </QueryClientProvider>
        </SeenPageContext>
      </ConsolePartsContext>
    </MantineProvider>
  );
}
