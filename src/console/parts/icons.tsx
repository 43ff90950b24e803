import type { ReactNode } from "react";

interface IconProps {
  readonly small?: boolean;
}

/** A sign beside words that say the same, so that a screen reader need not know of it. */
function Icon({ children, small = false }: IconProps & { readonly children: ReactNode }) {
  return (
    <svg
      className={small ? "icon is-small" : "icon"}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** The bell on the desk: our mark. */
export const BellIcon = () => (
  <Icon>
    <path d="M9.5 4.5h5M12 4.5V8M4 17a8 8 0 0 1 16 0zM2.5 20.5h19" />
  </Icon>
);

/** May do; done. */
export const CheckIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m5 12.5 4.5 4.5L19 7.5" />
  </Icon>
);

/** Done, as a seal. */
export const DoneIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="9" />
    <path d="m8 12.5 2.75 2.75L16 9.5" />
  </Icon>
);

/** Refused. */
export const RefusedIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="9" />
    <path d="M6 18 18 6" />
  </Icon>
);

/** Failed; trouble. */
export const TroubleIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M12 3.5 2.5 20h19zM12 10v4.5M12 17.25v.01" />
  </Icon>
);

/** Under way. */
export const RunningIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3.5 2" />
  </Icon>
);

/** The person was asked. */
export const AskedIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M18.5 9.5a6.5 6.5 0 0 0-13 0c0 6-2.5 7-2.5 7h18s-2.5-1-2.5-7M10 20.5h4" />
  </Icon>
);

/** Nobody knows. */
export const UnknownIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="9" />
    <path d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.75.35-1 .8-1 1.7M12 16.75v.01" />
  </Icon>
);

/** A key that only the person has. */
export const KeyIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="15.5" r="4.5" />
    <path d="M11.25 12.25 19.5 4M16 7.5l3 3" />
  </Icon>
);

/** Copy. */
export const CopyIcon = (props: IconProps) => (
  <Icon {...props}>
    <rect x="9" y="9" width="11" height="11" rx="2" />
    <path d="M5.5 15H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v.5" />
  </Icon>
);

/** Home. */
export const HomeIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4 11.5 12 4.5l8 7V20h-5.5v-5.5h-5V20H4z" />
  </Icon>
);

/** What the person said that they want. */
export const IntentIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M20.5 5h-17v11.5H8V20.5l4.5-4h8zM8 10.75h8" />
  </Icon>
);

/** A receipt. */
export const ReceiptIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M5.5 3.5h13v17l-3.25-2-3.25 2-3.25-2-3.25 2zM9 8.5h6M9 12.5h6" />
  </Icon>
);

/** A link between two. */
export const LinkIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M10 14a4.25 4.25 0 0 0 6 0l3-3a4.25 4.25 0 0 0-6-6l-1 1M14 10a4.25 4.25 0 0 0-6 0l-3 3a4.25 4.25 0 0 0 6 6l1-1" />
  </Icon>
);

/** A window in which something is tried out. */
export const EmulatorIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M3.5 5h17v14h-17zM3.5 9h17M10 12l3.5 2-3.5 2z" />
  </Icon>
);

/** Not to be had. */
export const LockIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M5.5 10.5h13v9.5h-13zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5" />
  </Icon>
);

/** Standing still. */
export const PauseIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="9" />
    <path d="M9.75 9v6M14.25 9v6" />
  </Icon>
);

/** Work that goes on by itself. */
export const JobIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4 6.5h16M4 12h16M4 17.5h16" opacity="0.35" />
    <path d="M4 6.5h16M4 12h10M4 17.5h5" />
  </Icon>
);

/** How much, at most. */
export const LimitIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4.2 17.5a9 9 0 1 1 15.6 0M12 13l4-4.5" />
    <circle cx="12" cy="14.5" r="1.75" />
  </Icon>
);

/** Further pages. */
export const MoreIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="3" />
  </Icon>
);

/** Settings. */
export const SettingsIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4 7.5h8M18 7.5h2M4 16.5h2M12 16.5h8" />
    <circle cx="15" cy="7.5" r="2.5" />
    <circle cx="9" cy="16.5" r="2.5" />
  </Icon>
);

/** Looking after everybody's links. */
export const AdminIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M12 3.5 5 6v5.5c0 4.25 2.75 7.25 7 9 4.25-1.75 7-4.75 7-9V6zM9 11.75l2.25 2.25L15.25 10" />
  </Icon>
);

/** Light. */
export const SunIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.64 5.64l1.06 1.06M17.3 17.3l1.06 1.06M5.64 18.36l1.06-1.06M17.3 6.7l1.06-1.06" />
  </Icon>
);

/** Dark. */
export const MoonIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M19.5 14.25A8 8 0 0 1 9.75 4.5a8 8 0 1 0 9.75 9.75z" />
  </Icon>
);

/** As the device has it. */
export const DeviceIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M3.5 5h17v11h-17zM9 20h6M12 16v4" />
  </Icon>
);

/** Search. */
export const SearchIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m16 16 4.5 4.5" />
  </Icon>
);

/** Away with it. */
export const CloseIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M6 6l12 12M18 6 6 18" />
  </Icon>
);

/** A connection that is lost. */
export const BrokenLinkIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4 4l16 16M8.5 12.5a6 6 0 0 1 3-1.5M5 9a11 11 0 0 1 3-2M12 5.5A11 11 0 0 1 19 9M12 17.5v.01" />
  </Icon>
);
