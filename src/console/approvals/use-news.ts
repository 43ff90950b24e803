import { useEffect, useRef, useState } from "react";
import { legible } from "../../ui/legible.ts";
import type { Approval, ApprovalPage } from "./contract.ts";

/** Longer words would not be listened to. */
const SPOKEN = 160;

function newsWords(added: readonly Approval[]): string {
  const [first] = added;
  if (!first) return "";
  if (added.length > 1) return `${added.length} new approvals wait for you.`;
  return `New approval from ${legible(first.clientName, 60)}: ${legible(first.sentence, SPOKEN)}`;
}

/** What has come since the page was opened, in words to be read out; what waited before is no news. */
export function useNews(page: ApprovalPage | undefined): string {
  const heardUntil = useRef<string | null>(null);
  const [news, setNews] = useState("");
  useEffect(() => {
    if (!page) return;
    const before = heardUntil.current;
    const times = page.approvals.map(({ askedAt }) => askedAt);
    heardUntil.current = [before ?? "", ...times].toSorted().at(-1) ?? "";
    // One that moved up from a further page was asked earlier, and is no news.
    const added = before === null ? [] : page.approvals.filter(({ askedAt }) => askedAt > before);
    if (added.length > 0) setNews(newsWords(added));
  }, [page]);
  return news;
}
