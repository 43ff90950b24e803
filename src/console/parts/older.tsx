import { Button } from "@mantine/core";
import { Trouble } from "./trouble.tsx";

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

/** The way to the older ones; a page that could not be read leaves the ones above it in view. */
export function Older({ list }: OlderProps) {
  if (list.isFetchNextPageError && list.error)
    return <Trouble error={list.error} onRetry={() => void list.fetchNextPage()} />;
  if (!list.hasNextPage) return <p className="small quiet">These are all.</p>;
  return (
    <div className="actions">
      <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
        Show older
      </Button>
    </div>
  );
}
