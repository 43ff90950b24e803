import { Link } from "@tanstack/react-router";
import { type FocusEvent, type ToggleEvent, useRef, useState } from "react";
import { AskedIcon, CloseIcon } from "../parts/icons.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { useNews } from "./use-news.ts";
import { ShortCards } from "./short-card.tsx";
import { useWaiting, waitingWords } from "./use-waiting.ts";

const PANEL = "approvals-panel";
/** Cards in the panel; the others are on their own page. */
const AT_MOST = 5;
/** More than this in the sign is not read at a glance. */
const MOST_SHOWN = 99;

type WaitingList = ReturnType<typeof useWaiting>;

function PanelContent({ list, onFollow }: { readonly list: WaitingList; readonly onFollow: () => void }) {
  const { data } = list;
  if (list.isPending) return <Waiting rows={2} height={64} />;
  if (!data) return list.error && <Trouble error={list.error} onRetry={() => void list.refetch()} />;
  const more = data.waiting - AT_MOST;
  return (
    <>
      {data.waiting === 0 && (
        <p className="quiet">
          What an assistant may only do after you say yes appears here, and in each of your windows.
        </p>
      )}
      {data.waiting > 0 && <ShortCards approvals={data.approvals.slice(0, AT_MOST)} onFollow={onFollow} />}
      <p className="small">
        <Link to="/approvals" onClick={onFollow}>
          {more > 0 ? `See ${more} more` : "All approvals"}
        </Link>
      </p>
    </>
  );
}

/**
 * How much waits for the person, on every page, and what that is. The panel is the browser's own popover (HTML §6.12):
 * Escape and a press beside it close it, and by keyboard it follows its button.
 */
export function Bell() {
  const list = useWaiting();
  const panel = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState(false);
  const news = useNews(list.data);
  const count = list.data?.waiting ?? 0;
  const close = (): void => panel.current?.hidePopover();
  // Who goes on by keyboard leaves it behind; a window that is left for another keeps it.
  const closeBehind = ({ relatedTarget, currentTarget }: FocusEvent): void => {
    if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) close();
  };
  const words = list.data ? waitingWords(count) : "Approvals";
  return (
    <div className="bell">
      <button
        type="button"
        className="icon-button bell-button"
        popoverTarget={PANEL}
        aria-haspopup="dialog"
        aria-expanded={opened}
        aria-label={words}
        title={words}
      >
        <AskedIcon />
        {count > 0 && (
          <span className="bell-count numbers" aria-hidden="true">
            {count > MOST_SHOWN ? `${MOST_SHOWN}+` : count}
          </span>
        )}
      </button>
      <p role="status" className="is-hidden-to-eyes">
        {news}
      </p>
      <div
        id={PANEL}
        ref={panel}
        popover="auto"
        role="dialog"
        aria-label={words}
        className="bell-panel"
        onBlur={closeBehind}
        onToggle={({ newState }: ToggleEvent<HTMLDivElement>) => setOpened(newState === "open")}
      >
        {opened && (
          <div className="stack">
            <div className="bell-heading">
              <h2>{words}</h2>
              <button type="button" className="icon-button" onClick={close} aria-label="Close">
                <CloseIcon small />
              </button>
            </div>
            <PanelContent list={list} onFollow={close} />
          </div>
        )}
      </div>
    </div>
  );
}
