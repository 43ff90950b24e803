import { MantineProvider } from "@mantine/core";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useRef } from "react";
import { type ConsoleParts, ConsolePartsContext } from "./console-parts.ts";
import { SeenPageContext } from "./parts/page-heading.tsx";
import type { createConsoleRouter } from "./router.tsx";
import { cssVariables, systemScheme, theme } from "./theme.ts";

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
      colorSchemeManager={systemScheme}
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => parts.facts.styleNonce}
    >
      <ConsolePartsContext value={parts}>
        <SeenPageContext value={seenPage}>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </SeenPageContext>
      </ConsolePartsContext>
    </MantineProvider>
  );
}
