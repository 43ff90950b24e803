import { Skeleton } from "@mantine/core";

/** The shape of what is coming, and the words for those who do not see it. */
export function Waiting({ rows, height }: { readonly rows: number; readonly height: number }) {
  return (
    <div role="status" className="stack">
      <span className="is-hidden-to-eyes">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} radius="0.75rem" />
      ))}
    </div>
  );
}

/** The shape of a page whose script is on its way. */
export const PageWaiting = () => <Waiting rows={3} height={120} />;
