import { Outlet, createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { isText } from "../ui/guards.ts";
import { BrokenPage } from "./pages/broken-page.tsx";
import { ConsentPage } from "./pages/consent-page.tsx";
import { LinkedAccountsPage } from "./pages/linked-accounts-page.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { ReceiptsPage } from "./pages/receipts-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { SignedIn } from "./pages/signed-in.tsx";
import { type PersonPage, isPersonPage } from "./person-pages.ts";

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: BrokenPage });

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => redirect({ to: "/linked-accounts", replace: true, throw: true }),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: ({ to }): { to?: PersonPage } => (isPersonPage(to) ? { to } : {}),
  component: SignInPage,
});

const consentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/consent",
  validateSearch: ({ request }): { request: string } => ({ request: isText(request) ? request : "" }),
  component: ConsentPage,
});

const signedInRoute = createRoute({ getParentRoute: () => rootRoute, id: "signed-in", component: SignedIn });

const linkedAccountsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/linked-accounts",
  component: LinkedAccountsPage,
});

const receiptsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/receipts",
  validateSearch: ({ tool }): { tool?: string } => (isText(tool) && tool !== "" ? { tool } : {}),
  component: ReceiptsPage,
});

const routeTree = rootRoute.addChildren([
  homeRoute,
  signInRoute,
  consentRoute,
  signedInRoute.addChildren([linkedAccountsRoute, receiptsRoute]),
]);

function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter((entry): entry is [string, string] => isText(entry[1]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

/** Every page by its address under `/app`. Parameters are plain text: a handle of digits alone stays text. */
export const createConsoleRouter = () =>
  createRouter({
    routeTree,
    basepath: "/app",
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch,
    scrollRestoration: true,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
