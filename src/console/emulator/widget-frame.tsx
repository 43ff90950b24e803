import { useEffect, useRef } from "react";
import { hostKinds } from "../../ui/emulated-host/host-kinds.ts";
import { isFlag, isObject } from "../../ui/guards.ts";
import { type ResourceContents, memberOf } from "./mcp-messages.ts";
import { type ShownWidget, type WidgetParts, showWidget } from "./show-widget.ts";

/** Whether the page asks for a border around it (`_meta.ui.prefersBorder`). */
const wantsBorder = ({ _meta }: ResourceContents): boolean =>
  memberOf(memberOf(_meta, "ui", isObject), "prefersBorder", isFlag) === true;

/** A widget in its frame of another origin. Another host or page needs another element: give it a key. */
export function WidgetFrame(props: WidgetParts) {
  const { kind, view, desk, page } = props;
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef<ShownWidget>(null);

  useEffect(() => {
    if (place.current === null) return;
    shown.current ??= showWidget(place.current, props);
    shown.current.follow(props);
  });

  useEffect(
    () => () => {
      shown.current?.end();
      shown.current = null;
    },
    [],
  );

  return (
    <div className="widget" data-mode={view.displayMode} data-border={wantsBorder(page)}>
      {view.displayMode !== "inline" && (
        <div className="widget-bar">
          <button type="button" className="text-button" onClick={() => desk.onView({ ...view, displayMode: "inline" })}>
            Back to the conversation
          </button>
          <span className="small">{hostKinds[kind].title}</span>
        </div>
      )}
      <div className="widget-place" ref={place} />
    </div>
  );
}
