import { useMutation } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { focusPage } from "../parts/focus-page.ts";
import { CloseIcon } from "../parts/icons.tsx";
import { Trouble } from "../parts/trouble.tsx";
import type { Toast } from "./toasts.ts";

interface ToastCardProps {
  readonly toast: Toast;
  /** True when Ctrl+Z, or Command+Z, means this one. */
  readonly takesKeys: boolean;
  readonly onDone: () => void;
}

/** Long enough to read it and to reach for Undo; what it offers is in the page, too, for who needs longer. */
const STAYS_MS = 10_000;

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;

/** Calls back on the key that takes something back everywhere else, too. */
function useUndoKey(active: boolean, undo: () => void): void {
  const onKey = useEffectEvent((event: globalThis.KeyboardEvent): void => {
    const means = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!means || isWriting(event.target)) return;
    event.preventDefault();
    undo();
  });
  useEffect(() => {
    if (!active) return undefined;
    const listener = (event: globalThis.KeyboardEvent): void => onKey(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [active]);
}

/** Ends what stands for as long as it may. */
function useEnd(stands: boolean, end: () => void): void {
  const onEnd = useEffectEvent(end);
  useEffect(() => {
    if (stands) return undefined;
    const timer = setTimeout(() => onEnd(), STAYS_MS);
    return () => clearTimeout(timer);
  }, [stands]);
}

/** One toast. Its time stands still while someone looks closer, while it works, and after it failed. */
export function ToastCard({ toast, takesKeys, onDone }: ToastCardProps) {
  const { words, undo } = toast;
  const card = useRef<HTMLDivElement>(null);
  const name = useId();
  const [held, setHeld] = useState(false);
  const leave = (): void => {
    if (card.current?.contains(document.activeElement)) focusPage();
    onDone();
  };
  const back = useMutation({ mutationFn: async () => undo?.(), onSuccess: leave });
  const stands = held || !back.isIdle;
  // A button that is disabled while it works would lose the focus.
  const undoOnce = (): void => {
    if (!back.isPending) back.mutate();
  };
  useUndoKey(takesKeys, undoOnce);
  useEnd(stands, onDone);
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === "Escape") leave();
  };
  const hold = { onPointerEnter: () => setHeld(true), onPointerLeave: () => setHeld(false) };
  return (
    <div
      className={back.isError ? "toast is-trouble" : "toast"}
      ref={card}
      {...hold}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      onKeyDown={onKeyDown}
    >
      {back.isError ? <Trouble error={back.error} /> : <p id={name}>{words}</p>}
      {undo && (
        <button type="button" className="text-button" aria-describedby={name} onClick={undoOnce}>
          {back.isError ? "Try again" : "Undo"}
        </button>
      )}
      <button type="button" className="icon-button" onClick={leave} aria-label="Close">
        <CloseIcon small />
      </button>
    </div>
  );
}
