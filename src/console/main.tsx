import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createApi } from "./create-api.ts";
import { App } from "./app.tsx";
import { readPageFacts } from "./page-facts.ts";
import { createQueryClient } from "./queries.ts";
import { createConsoleRouter } from "./router.tsx";
import { applyScheme } from "./theme.ts";

const facts = readPageFacts(document);

// Where the parts that lock scrolling look for the nonce of the style element that they add.
Object.defineProperty(globalThis, "__webpack_nonce__", { value: facts.styleNonce });

applyScheme(document);

const parts = {
  api: createApi((path, init) => fetch(path, init)),
  facts,
  leaveTo: (uri: string) => location.assign(uri),
};

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no place for the console.");

createRoot(root).render(
  <StrictMode>
    <App parts={parts} queries={createQueryClient()} router={createConsoleRouter()} />
  </StrictMode>,
);
