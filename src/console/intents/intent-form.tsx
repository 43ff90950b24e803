import { Button, TextInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type KeyboardEvent, type SubmitEvent, useState } from "react";
import type { IntentWords } from "../api.ts";
import { useParts } from "../console-parts.ts";
import type { Intent } from "../contract.ts";
import { Trouble } from "../parts/trouble.tsx";
import { WorkButton } from "../parts/work-button.tsx";

/** Longest texts that the server keeps. */
const PAYLOAD_LIMIT = 500;
const SUMMARY_LIMIT = 200;

interface IntentFormProps {
  readonly intent: Intent;
  readonly onSaved: (changed: Intent) => void;
  readonly onCancel: () => void;
}

const wordsOf = (payload: string, summary: string): IntentWords => ({
  payload: payload.trim(),
  summary: summary.trim() || null,
});

/** Puts an intent in other words, in its place. Escape leaves it as it was. */
export function IntentForm({ intent, onSaved, onCancel }: IntentFormProps) {
  const { api } = useParts();
  const [payload, setPayload] = useState(intent.payload);
  const [summary, setSummary] = useState(intent.summary ?? "");
  const save = useMutation({
    mutationFn: () => api.editIntent(intent.id, wordsOf(payload, summary)),
    onSuccess: onSaved,
  });
  const submit = (event?: SubmitEvent): void => {
    event?.preventDefault();
    if (payload.trim() !== "" && !save.isPending) save.mutate();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onCancel();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  };
  return (
    <form className="stack" onSubmit={submit} onKeyDown={onKeyDown}>
      <Textarea
        label="Intent"
        name="payload"
        dir="auto"
        rows={3}
        required
        withAsterisk={false}
        maxLength={PAYLOAD_LIMIT}
        autoFocus
        value={payload}
        onChange={({ currentTarget }) => setPayload(currentTarget.value)}
      />
      <TextInput
        label="In a few words"
        description="May stay empty."
        name="summary"
        dir="auto"
        maxLength={SUMMARY_LIMIT}
        value={summary}
        onChange={({ currentTarget }) => setSummary(currentTarget.value)}
      />
      {save.isError && <Trouble error={save.error} />}
      <div className="actions">
        <WorkButton type="submit" working={save.isPending}>
          Save
        </WorkButton>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
