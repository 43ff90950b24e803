import { Link, useRouterState } from "@tanstack/react-router";
import {
  AdminIcon,
  AskedIcon,
  EmulatorIcon,
  HomeIcon,
  IntentIcon,
  LinkIcon,
  ReceiptIcon,
  SettingsIcon,
} from "./icons.tsx";

const pages = [
  { to: "/", Icon: HomeIcon, words: "Home" },
  { to: "/approvals", Icon: AskedIcon, words: "Approvals", onlyDesk: true },
  { to: "/intents", Icon: IntentIcon, words: "Intents" },
  { to: "/receipts", Icon: ReceiptIcon, words: "Receipts" },
  { to: "/linked-accounts", Icon: LinkIcon, words: "Linked", more: " accounts" },
  { to: "/emulator", Icon: EmulatorIcon, words: "Emulator" },
  { to: "/settings", Icon: SettingsIcon, words: "Settings" },
] as const;

/** The address under which all pages of administrators lie. */
const isAdminPage = (path: string): boolean => path === "/admin" || path.startsWith("/admin/");

function AdminLink() {
  const here = useRouterState({ select: ({ location }) => isAdminPage(location.pathname) });
  return (
    <li>
      <Link to="/admin" activeProps={{ "aria-current": undefined }} aria-current={here ? "page" : undefined}>
        <AdminIcon />
        <span>Admin</span>
      </Link>
    </li>
  );
}

/** The way from page to page: beside them where there is room, else along the lower edge, under the thumb. */
export const Navigation = ({ admin }: { readonly admin: boolean }) => (
  <nav className="frame-nav" aria-label="Pages">
    <ul>
      {pages.map(({ to, Icon, words, ...rest }) => (
        // Where there is no room, the bell leads there.
        <li key={to} className={"onlyDesk" in rest ? "only-desk" : undefined}>
          <Link to={to} activeOptions={{ exact: true, includeSearch: false }}>
            <Icon />
            <span>
              {words}
              {"more" in rest && <span className="is-hidden-on-phone">{rest.more}</span>}
            </span>
          </Link>
        </li>
      ))}
      {admin && <AdminLink />}
    </ul>
  </nav>
);
