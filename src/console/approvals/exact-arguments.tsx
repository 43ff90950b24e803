import { useClipboard } from "@mantine/hooks";
import { jsonText, writtenOut } from "../emulator/json-view.ts";

const COPIED_MS = 2000;

/** What runs, to the letter: nothing is shortened, and what is not seen is written out. */
export function ExactArguments({ value }: { readonly value: unknown }) {
  const clipboard = useClipboard({ timeout: COPIED_MS });
  const text = jsonText(value);
  return (
    <details className="exact">
      <summary>Exactly what is handed over</summary>
      <div className="stack is-tight">
        <pre className="mono" dir="ltr" tabIndex={0} aria-label="The exact arguments">
          {writtenOut(text)}
        </pre>
        <div className="exact-line small">
          <span className="quiet">
            What is secret is left out. Characters that cannot be seen are written as codes.
          </span>
          <button type="button" className="text-button small" onClick={() => clipboard.copy(text)}>
            {clipboard.copied ? "Copied" : "Copy"}
            <span className="is-hidden-to-eyes">&nbsp;the exact arguments</span>
          </button>
        </div>
      </div>
    </details>
  );
}
