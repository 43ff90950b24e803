/** A value that changes, and who wants to hear of it. */
export interface Store<T> {
  get(): T;
  /** Takes over the members given; everyone is told once. */
  set(part: Partial<T>): void;
  /** @returns what ends the subscription. */
  subscribe(notify: () => void): () => void;
}

export function createStore<T extends object>(first: T): Store<T> {
  const listeners = new Set<() => void>();
  let value = first;
  return {
    get: () => value,
    set(part) {
      value = { ...value, ...part };
      for (const listener of listeners) listener();
    },
    subscribe(notify) {
      listeners.add(notify);
      return () => listeners.delete(notify);
    },
  };
}
