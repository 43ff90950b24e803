/** Whoever pressed a button that has gone since stands on the page again, not nowhere. */
export const focusPage = (): void => document.getElementById("content")?.focus();

/** A dialog that closes gives the focus back a moment later. */
const MOMENT_MS = 100;

/** As {@link focusPage}, once a dialog has closed, and only where the focus has nowhere else to be. */
export function focusPageIfLost(): void {
  setTimeout(() => {
    if (document.activeElement === document.body) focusPage();
  }, MOMENT_MS);
}
