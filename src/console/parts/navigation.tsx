import { Link, useRouterState } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import {
  AdminIcon,
  AskedIcon,
  EmulatorIcon,
  HomeIcon,
  IntentIcon,
  JobIcon,
  LimitIcon,
  LinkIcon,
  MoreIcon,
  ReceiptIcon,
  SettingsIcon,
} from "./icons.tsx";

/** Those that are always in view. */
const pages = [
  { to: "/", Icon: HomeIcon, words: "Home" },
  { to: "/approvals", Icon: AskedIcon, words: "Approvals" },
  { to: "/intents", Icon: IntentIcon, words: "Intents" },
  { to: "/jobs", Icon: JobIcon, words: "Jobs" },
] as const;

/** Those that a phone keeps behind "More". */
const morePages = [
  { to: "/receipts", Icon: ReceiptIcon, words: "Receipts" },
  { to: "/linked-accounts", Icon: LinkIcon, words: "Linked accounts" },
  { to: "/limits", Icon: LimitIcon, words: "Limits" },
  { to: "/emulator", Icon: EmulatorIcon, words: "Emulator" },
  { to: "/settings", Icon: SettingsIcon, words: "Settings" },
] as const;

/** Addresses that belong to another page of the list, by their beginning. */
const parts: readonly (readonly [begins: string, page: string])[] = [
  ["/admin", "/admin"],
  ["/jobs", "/jobs"],
  ["/approvals", "/approvals"],
  ["/usage", "/limits"],
];

/** The page of the list that an address belongs to. */
function pageOf(pathname: string): string {
  const path = pathname.replace(/(?<=.)\/$/, "");
  const part = parts.find(([begins]) => path === begins || path.startsWith(`${begins}/`));
  return part?.[1] ?? path;
}

interface EntryProps {
  readonly to: (typeof pages)[number]["to"] | (typeof morePages)[number]["to"] | "/admin";
  readonly here: string;
  readonly children: ReactNode;
}

const Entry = ({ to, here, children }: EntryProps) => (
  <li>
    <Link to={to} activeProps={{ "aria-current": undefined }} aria-current={here === to ? "page" : undefined}>
      {children}
    </Link>
  </li>
);

/** Opens and closes what a phone keeps behind "More": by its button, by Escape, by going elsewhere. */
function useMore(pathname: string) {
  const [open, setOpen] = useState(false);
  const [openedAt, setOpenedAt] = useState(pathname);
  if (openedAt !== pathname) {
    setOpenedAt(pathname);
    setOpen(false);
  }
  const area = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const leave = ({ target }: Event): void => {
      if (!(target instanceof Node) || !area.current?.contains(target)) setOpen(false);
    };
    for (const event of ["pointerdown", "focusin"]) document.addEventListener(event, leave);
    return () => {
      for (const event of ["pointerdown", "focusin"]) document.removeEventListener(event, leave);
    };
  }, [open]);
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key !== "Escape" || !open) return;
    setOpen(false);
    button.current?.focus();
  };
  return { open, area, button, onKeyDown, toggle: () => setOpen(!open) };
}

/**
 * The way from page to page: beside them where there is room, else along the lower edge, under the thumb, with those
 * that do not fit behind one button.
 */
export function Navigation({ admin }: { readonly admin: boolean }) {
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const here = pageOf(pathname);
  const { open, area, button, onKeyDown, toggle } = useMore(pathname);
  const list = useId();
  const isBehind = !pages.some(({ to }) => to === here);
  return (
    <nav className="frame-nav" aria-label="Pages" ref={area} onKeyDown={onKeyDown}>
      <ul>
        {pages.map(({ to, Icon, words }) => (
          <Entry key={to} to={to} here={here}>
            <Icon />
            <span>{words}</span>
          </Entry>
        ))}
        <li className="frame-more">
          <button
            type="button"
            className={isBehind ? "is-here" : undefined}
            ref={button}
            aria-expanded={open}
            aria-controls={list}
            onClick={toggle}
          >
            <MoreIcon />
            <span>More</span>
          </button>
        </li>
      </ul>
      <ul id={list} className={open ? "frame-behind is-open" : "frame-behind"}>
        {morePages.map(({ to, Icon, words }) => (
          <Entry key={to} to={to} here={here}>
            <Icon />
            <span>{words}</span>
          </Entry>
        ))}
        {admin && (
          <Entry to="/admin" here={here}>
            <AdminIcon />
            <span>Admin</span>
          </Entry>
        )}
      </ul>
    </nav>
  );
}
