/** One of a person's places for an event stream. */
export interface StreamPlace {
  /** Aborted when a newer stream of the same person took the place. */
  readonly taken: AbortSignal;
  /** Gives the place back. A second call does nothing. */
  leave(): void;
}

/** Places for event streams. */
export interface StreamPlaces {
  take(userId: string): StreamPlace;
}

/**
 * As many event streams a person as given, in this process; one more takes the place of the oldest. The person looks at
 * what they opened last: refusing the newest would leave the very window that they look at without news, for the sake
 * of one that they left somewhere else.
 */
export function createStreamPlaces(mostForOne: number): StreamPlaces {
  const held = new Map<string, AbortController[]>();
  return {
    take(userId) {
      const own = new AbortController();
      const places = held.get(userId) ?? [];
      held.set(userId, places);
      places.push(own);
      if (places.length > mostForOne) places.shift()?.abort();
      return {
        taken: own.signal,
        leave() {
          const index = places.indexOf(own);
          if (index !== -1) places.splice(index, 1);
          if (places.length === 0 && held.get(userId) === places) held.delete(userId);
        },
      };
    },
  };
}
