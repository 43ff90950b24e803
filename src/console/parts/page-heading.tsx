import { useDocumentTitle } from "@mantine/hooks";
import { type ReactNode, type RefObject, createContext, useContext, useEffect, useRef } from "react";
import { useWaitingCount } from "../approvals/use-waiting.ts";

/** Whether a page was already shown since the document was loaded. */
export const SeenPageContext = createContext<RefObject<boolean>>({ current: false });

interface PageHeadingProps {
  /** For the tab; the heading's own words where they are text. */
  readonly title: string;
  readonly children?: ReactNode;
}

/**
 * The one heading of a page and the name of its tab, with how much waits for the person. When one page gives way to another without a new document, the
 * heading takes the focus: a keyboard or a screen reader goes on from there.
 */
export function PageHeading({ title, children }: PageHeadingProps) {
  const seenRef = useContext(SeenPageContext);
  const heading = useRef<HTMLHeadingElement>(null);
  const waiting = useWaitingCount();
  useDocumentTitle(`${waiting > 0 ? `(${waiting}) ` : ""}${title} · Bellhop`);
  useEffect(() => {
    if (seenRef.current) heading.current?.focus();
    seenRef.current = true;
  }, [seenRef]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}
