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
    <path d="M9.5 4.500h5M12 4.500V8M4 17a8 8 0 0 1 16 0zM2.5 20.500h19" />
  </Icon>
);

/** May do; done. */
export const CheckIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m5 12.5 4.5 4.500L19 7.5" />
  </Icon>
);

/** Done, as a seal. */
export const DoneIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="9" />
    <path d="m8 12.5 2.75 2.750L16 9.5" />
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
    <path d="M12 3.5 2.5 20h19zM12 10v4.500M12 17.250v.01" />
  </Icon>
);

/** Under way. */
export const RunningIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3.5 2" />
  </Icon>
);

/** Copy. */
export const CopyIcon = (props: IconProps) => (
  <Icon {...props}>
    <rect x="9" y="9" width="11" height="11" rx="2" />
    <path d="M5.5 15H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v.5" />
  </Icon>
);
