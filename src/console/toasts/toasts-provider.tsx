import { type ReactNode, useMemo, useRef, useState } from "react";
import { ToastCard } from "./toast-card.tsx";
import { type Toast, type Toasts, ToastsContext } from "./toasts.ts";

interface Shown {
  readonly id: number;
  readonly toast: Toast;
}

/** Toasts that stand at the same time. */
const AT_MOST = 3;

/** Shows toasts over the page, each until it was there long enough, and reads them out without interrupting. */
export function ToastsProvider({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const count = useRef(0);
  const toasts = useMemo<Toasts>(
    () => ({
      show(toast) {
        count.current += 1;
        const next = { id: count.current, toast };
        setShown((before) => [...before, next].slice(-AT_MOST));
      },
    }),
    [],
  );
  const remove = (id: number): void => setShown((before) => before.filter((one) => one.id !== id));
  const newestUndo = shown.findLast(({ toast }) => toast.undo)?.id;
  return (
    <ToastsContext value={toasts}>
      {children}
      <section className="toasts" aria-label="Notices" aria-live="polite" aria-relevant="additions text">
        {shown.map(({ id, toast }) => (
          <ToastCard key={id} toast={toast} takesKeys={id === newestUndo} onDone={() => remove(id)} />
        ))}
      </section>
    </ToastsContext>
  );
}
