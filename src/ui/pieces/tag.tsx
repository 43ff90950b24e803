import type { ReactNode } from "react";

interface TagProps {
  readonly children: ReactNode;
  /** Done, and as the person wanted. */
  readonly good?: boolean;
}

/** Where something stands, in a word or two. */
export const Tag = ({ children, good = false }: TagProps) => (
  <span className={good ? "tag good" : "tag"}>{children}</span>
);
