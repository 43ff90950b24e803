import { useEffect, useRef, useState } from "react";
import { Trouble } from "./trouble.tsx";
import { WorkButton } from "./work-button.tsx";

interface OlderProps {
  /** A list that is read page by page. */
  readonly list: {
    readonly error: Error | null;
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly isFetchNextPageError: boolean;
    fetchNextPage(): Promise<unknown>;
  };
}

/** The end of the list. Where the button that led here had the focus, the focus stays here. */
function TheEnd({ asked }: { readonly asked: boolean }) {
  const end = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (asked && document.activeElement === document.body) end.current?.focus({ preventScroll: true });
  }, [asked]);
  return (
    <p className="small quiet" ref={end} tabIndex={-1}>
      These are all.
    </p>
  );
}

/** The way to the older ones; a page that could not be read leaves the ones above it in view. */
export function Older({ list }: OlderProps) {
  const [asked, setAsked] = useState(false);
  const ask = (): void => {
    setAsked(true);
    void list.fetchNextPage();
  };
  if (list.isFetchNextPageError && list.error) return <Trouble error={list.error} onRetry={ask} />;
  if (!list.hasNextPage) return <TheEnd asked={asked} />;
  return (
    <div className="actions">
      <WorkButton variant="default" onClick={ask} working={list.isFetchingNextPage}>
        Show older
      </WorkButton>
    </div>
  );
}
