import { Outlet, createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { isText } from "../ui/guards.ts";
import type { AttemptFilter, LinkFilter } from "./admin/admin-api.ts";
import { readEmulatorSearch } from "./emulator/emulator-search.ts";
import { isJobStatus } from "./jobs/contract.ts";
import { BrokenPage } from "./pages/broken-page.tsx";
import { BrokenPart } from "./pages/broken-part.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { SignedIn } from "./pages/signed-in.tsx";
import { PageWaiting } from "./parts/waiting.tsx";
import { type PersonPage, isPersonPage } from "./person-pages.ts";
import { readReceiptFilter, wordOf } from "./receipt-filter.ts";
import type { JobFilter } from "./work-api.ts";

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: BrokenPage });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: ({ to }): { to?: PersonPage } => (isPersonPage(to) ? { to } : {}),
  component: lazyRouteComponent(() => import("./pages/sign-in-page.tsx"), "SignInPage"),
});

const consentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/consent",
  validateSearch: ({ request }): { request: string } => ({ request: isText(request) ? request : "" }),
  component: lazyRouteComponent(() => import("./pages/consent-page.tsx"), "ConsentPage"),
});

const signedInRoute = createRoute({ getParentRoute: () => rootRoute, id: "signed-in", component: SignedIn });

const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/home-page.tsx"), "HomePage"),
});

const approvalsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/approvals",
  component: lazyRouteComponent(() => import("./approvals/approvals-page.tsx"), "ApprovalsPage"),
});

const approvalRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/approvals/$id",
  component: lazyRouteComponent(() => import("./approvals/approval-page.tsx"), "ApprovalPage"),
});

const intentsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/intents",
  validateSearch: ({ q, archived }): { q?: string | undefined; archived?: "true" | undefined } => ({
    q: wordOf(q),
    archived: archived === "true" ? archived : undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/intents-page.tsx"), "IntentsPage"),
});

const receiptsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/receipts",
  validateSearch: readReceiptFilter,
  component: lazyRouteComponent(() => import("./pages/receipts-page.tsx"), "ReceiptsPage"),
});

const linkedAccountsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/linked-accounts",
  component: lazyRouteComponent(() => import("./pages/linked-accounts-page.tsx"), "LinkedAccountsPage"),
});

const jobsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/jobs",
  validateSearch: ({ status }): JobFilter => ({ status: isJobStatus(status) ? status : undefined }),
  component: lazyRouteComponent(() => import("./jobs/jobs-page.tsx"), "JobsPage"),
});

const jobRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/jobs/$id",
  component: lazyRouteComponent(() => import("./jobs/job-page.tsx"), "JobPage"),
});

const limitsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/limits",
  component: lazyRouteComponent(() => import("./spending/limits-page.tsx"), "LimitsPage"),
});

const usageRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/usage",
  component: lazyRouteComponent(() => import("./usage/usage-page.tsx"), "UsagePage"),
});

const emulatorRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/emulator",
  validateSearch: readEmulatorSearch,
  component: lazyRouteComponent(() => import("./emulator/emulator-page.tsx"), "EmulatorPage"),
});

const settingsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/settings-page.tsx"), "SettingsPage"),
});

const adminLinksRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/admin",
  validateSearch: ({ q, channel, userId, clientId }): LinkFilter => ({
    q: wordOf(q),
    channel: wordOf(channel),
    userId: wordOf(userId),
    clientId: wordOf(clientId),
  }),
  component: lazyRouteComponent(() => import("./admin/links-page.tsx"), "LinksPage"),
});

const readWords = ({ q }: Record<string, unknown>): { q?: string | undefined } => ({ q: wordOf(q) });

const adminAssistantsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/admin/assistants",
  validateSearch: readWords,
  component: lazyRouteComponent(() => import("./admin/assistants-page.tsx"), "AssistantsPage"),
});

const adminPeopleRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/admin/people",
  validateSearch: readWords,
  component: lazyRouteComponent(() => import("./admin/people-page.tsx"), "PeoplePage"),
});

const adminChannelsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/admin/channels",
  component: lazyRouteComponent(() => import("./admin/channels-page.tsx"), "ChannelsPage"),
});

const adminAttemptsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/admin/attempts",
  validateSearch: ({ q, state }): AttemptFilter => ({ q: wordOf(q), state: wordOf(state) }),
  component: lazyRouteComponent(() => import("./admin/attempts-page.tsx"), "AttemptsPage"),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  consentRoute,
  signedInRoute.addChildren([
    homeRoute,
    approvalsRoute,
    approvalRoute,
    intentsRoute,
    receiptsRoute,
    linkedAccountsRoute,
    jobsRoute,
    jobRoute,
    limitsRoute,
    usageRoute,
    emulatorRoute,
    settingsRoute,
    adminLinksRoute,
    adminAssistantsRoute,
    adminPeopleRoute,
    adminChannelsRoute,
    adminAttemptsRoute,
  ]),
]);

function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter((entry): entry is [string, string] => isText(entry[1]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

/** A page that is here sooner than this shows no waiting at all. */
const PATIENCE_MS = 150;

/**
 * Every page by its address under `/app`. Parameters are plain text: a handle of digits alone stays text. A page's
 * script is fetched when it is first needed, or when its link is first looked at.
 */
export const createConsoleRouter = () =>
  createRouter({
    routeTree,
    basepath: "/app",
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch,
    scrollRestoration: true,
    defaultPreload: "intent",
    defaultPendingComponent: PageWaiting,
    defaultPendingMs: PATIENCE_MS,
    defaultPendingMinMs: 0,
    defaultErrorComponent: BrokenPart,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
