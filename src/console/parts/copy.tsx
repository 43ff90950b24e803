import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { CheckIcon, CopyIcon } from "./icons.tsx";
import { Words } from "./words.tsx";

interface CopyProps {
  readonly value: string;
  /** What is copied, for those who hear the button: "Copy the MCP address". */
  readonly what: string;
}

const SHOWN_MS = 2000;

/** A value in full with a button that copies it. */
export function CopyLine({ value, what, primary = false }: CopyProps & { readonly primary?: boolean }) {
  const clipboard = useClipboard({ timeout: SHOWN_MS });
  return (
    <div className="copy-line">
      <code>{value}</code>
      <Button
        variant={primary ? "filled" : "default"}
        onClick={() => clipboard.copy(value)}
        leftSection={clipboard.copied ? <CheckIcon small /> : <CopyIcon small />}
      >
        {clipboard.copied ? "Copied" : "Copy"}
        <span className="is-hidden-to-eyes">&nbsp;{what}</span>
      </Button>
      <span role="status" className="is-hidden-to-eyes">
        {clipboard.copied ? "Copied" : ""}
      </span>
    </div>
  );
}

/** A short value, such as an id, that copies itself when pressed. */
export function CopyText({ value, what }: CopyProps) {
  const clipboard = useClipboard({ timeout: SHOWN_MS });
  return (
    <button type="button" className="text-button mono" onClick={() => clipboard.copy(value)} title={`Copy ${what}`}>
      <Words text={value} none="none" />
      {clipboard.copied ? <CheckIcon small /> : <CopyIcon small />}
      <span role="status" className="is-hidden-to-eyes">
        {clipboard.copied ? "Copied" : `Copy ${what}`}
      </span>
    </button>
  );
}
