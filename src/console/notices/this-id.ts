const PLACE = "bellhop-told-browser";

/** The id under which the server knows this browser; it tells the person which one of the list they are at. */
export function thisBrowserId(): string | null {
  try {
    return localStorage.getItem(PLACE);
  } catch {
    // A browser that keeps nothing still gets its notices.
    return null;
  }
}

/** Keeps the id, or forgets it. */
export function keepBrowserId(id: string | null): void {
  try {
    if (id === null) localStorage.removeItem(PLACE);
    else localStorage.setItem(PLACE, id);
  } catch {
    // As above.
  }
}
