import { type ReactNode, useEffect, useRef, useState } from "react";
import { useHostState } from "../host-context.ts";
import { useOpenAi } from "../use-open-ai.ts";

/** Whether the content is higher than the place that it has. */
function useOverflow() {
  const element = useRef<HTMLElement>(null);
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const main = element.current;
    const observer = new ResizeObserver(() => setOverflows(main !== null && main.scrollHeight > main.clientHeight + 1));
    for (const part of main ? [main, ...main.children] : []) observer.observe(part);
    return () => observer.disconnect();
  });
  return { element, overflows };
}

interface CardProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** The widget's whole page. Inline it stays within its height and can be opened large where the host offers that. */
export function Card({ title, children }: CardProps) {
  const { displayMode, displayModes } = useHostState();
  const { requestFullscreen } = useOpenAi();
  const { element, overflows } = useOverflow();
  const grows = overflows && displayMode === "inline" && displayModes.includes("fullscreen");
  return (
    <>
      {/* What scrolls must be reachable without a mouse. */}
      <main ref={element} aria-label={title} {...(overflows ? { tabIndex: 0 } : {})}>
        {children}
      </main>
      {grows && (
        <div className="grow">
          <button type="button" onClick={() => void requestFullscreen().catch(() => undefined)}>
            Show all
          </button>
        </div>
      )}
    </>
  );
}
