import { Button, type ButtonProps } from "@mantine/core";
import type { ComponentProps } from "react";

interface WorkButtonProps extends ButtonProps, Omit<ComponentProps<"button">, keyof ButtonProps | "type"> {
  /** While it works it is dim, and pressing it again does nothing. */
  readonly working: boolean;
  readonly type?: "button" | "submit";
}

/**
 * A button for what takes a moment. It is never disabled while it works: a disabled button loses the focus, and who
 * uses a keyboard would start at the top of the page again.
 */
export const WorkButton = ({ working, onClick, type = "button", ...rest }: WorkButtonProps) => (
  <Button
    {...rest}
    type={type}
    aria-busy={working}
    onClick={(event) => {
      if (working) event.preventDefault();
      else onClick?.(event);
    }}
  />
);
