import type { Intent } from "../contract.ts";
import { IntentCard, intentElement } from "./intent-card.tsx";

/** Where the focus goes when an intent leaves the list: to the one after it, or before it, or to the page. */
function focusBeside(intents: readonly Intent[], id: string): void {
  const at = intents.findIndex((intent) => intent.id === id);
  const beside = intents[at + 1] ?? intents[at - 1];
  document.getElementById(beside ? intentElement(beside.id) : "content")?.focus();
}

/** Intents, newest first. */
export const IntentList = ({ intents }: { readonly intents: readonly Intent[] }) => (
  <ul className="cards">
    {intents.map((intent) => (
      <IntentCard key={intent.id} intent={intent} onGone={() => focusBeside(intents, intent.id)} />
    ))}
  </ul>
);
