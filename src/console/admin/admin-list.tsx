import type { ReactNode } from "react";
import { Older } from "../parts/older.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";

interface AdminListProps<Item> {
  /** A list that is read page by page. */
  readonly list: {
    readonly data: { readonly pages: readonly { readonly items: readonly Item[] }[] } | undefined;
    readonly error: Error | null;
    readonly isPending: boolean;
    readonly isError: boolean;
    readonly isPlaceholderData: boolean;
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly isFetchNextPageError: boolean;
    fetchNextPage(): Promise<unknown>;
    refetch(): Promise<unknown>;
  };
  /** What stands there when nothing is found. */
  readonly none: ReactNode;
  /** The rows, in a list. */
  readonly children: (items: readonly Item[]) => ReactNode;
}

/** A long list in each of its states. */
export function AdminList<Item>({ list, none, children }: AdminListProps<Item>) {
  const items = list.data?.pages.flatMap((page) => page.items);
  if (list.isPending) return <Waiting rows={4} height={84} />;
  if (list.isError && !items) return <Trouble error={list.error ?? new Error()} onRetry={() => void list.refetch()} />;
  if (!items || items.length === 0) return <section className="sheet">{none}</section>;
  return (
    <div className={list.isPlaceholderData ? "stack is-past" : "stack"} aria-busy={list.isPlaceholderData}>
      {children(items)}
      <Older list={list} />
    </div>
  );
}
