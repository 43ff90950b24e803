import { useCallback, useRef, useState } from "react";
import { type Guard, isObject } from "./guards.ts";
import { useHost } from "./host-context.ts";

/** Whether a value could have been made from this one: the same kind, with the same members, each of the same kind. */
const isLike =
  <T>(sample: T): Guard<T> =>
  (value): value is T => {
    if (sample === null) return true;
    if (!isObject(sample)) return typeof value === typeof sample && Array.isArray(value) === Array.isArray(sample);
    return isObject(value) && Object.entries(sample).every(([name, part]) => isLike(part)(value[name]));
  };

type Updater<T> = (previous: T) => T;

const isUpdater = <T>(given: T | Updater<T>): given is Updater<T> => typeof given === "function";

/**
 * State that the host keeps for this answer across turns: ChatGPT's `widgetState`, else the sandbox's own storage.
 * @param initialState makes the state of the first turn.
 * @param isState believes what was saved; without it, anything of the same form as the first state is believed.
 */
export function useWidgetState<T>(
  initialState: () => T,
  isState?: Guard<T>,
): readonly [T, (updater: T | Updater<T>) => void] {
  const host = useHost();
  const [state, setState] = useState<T>(() => {
    const first = initialState();
    const saved = host.savedState();
    return saved !== null && saved !== undefined && (isState ?? isLike(first))(saved) ? saved : first;
  });
  const current = useRef(state);
  const setWidgetState = useCallback(
    (updater: T | Updater<T>) => {
      current.current = isUpdater(updater) ? updater(current.current) : updater;
      setState(current.current);
      host.saveState(current.current);
    },
    [host],
  );
  return [state, setWidgetState] as const;
}
