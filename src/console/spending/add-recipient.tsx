import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useParts } from "../console-parts.ts";
import type { PasskeyAnswer } from "../contract.ts";
import { AfterSignIn, needsFreshSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Words } from "../parts/words.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { hoursWords } from "./cap-words.ts";
import type { Make } from "./use-changes.ts";

interface AddRecipientProps {
  /** How long a new recipient rests before it may be paid. */
  readonly holdHours: number;
  readonly make: Make;
  readonly onClose: () => void;
}

interface FieldsProps {
  readonly typed: { readonly label: string; readonly recipient: string };
  readonly onType: (typed: FieldsProps["typed"]) => void;
}

const Fields = ({ typed, onType }: FieldsProps) => (
  <>
    <TextInput
      label="Name"
      description="What you call them."
      name="label"
      dir="auto"
      autoComplete="off"
      maxLength={80}
      data-autofocus
      value={typed.label}
      onChange={({ currentTarget }) => onType({ ...typed, label: currentTarget.value })}
    />
    <TextInput
      label="Address"
      description="Paste it, and compare its beginning and its end."
      name="recipient"
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      value={typed.recipient}
      onChange={({ currentTarget }) => onType({ ...typed, recipient: currentTarget.value })}
    />
  </>
);

/** Puts somebody on the list of those who may be paid. */
export function AddRecipient({ holdHours, make, onClose }: AddRecipientProps) {
  const { api } = useParts();
  const [typed, setTyped] = useState({ label: "", recipient: "" });
  const [label, recipient] = [typed.label.trim(), typed.recipient.trim()];
  const words = (
    <>
      <Words text={label} limit={60} /> is on your list
      {holdHours > 0 && `, and may be paid after ${restWords(holdHours)}`}.
    </>
  );
  const add = useMutation({
    mutationFn: (passkey: PasskeyAnswer | void) =>
      make(() => api.addRecipient(recipient, label, passkey ?? undefined), words),
    onSuccess: onClose,
  });
  const ready = recipient !== "" && label !== "";
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (ready && !add.isPending) add.mutate();
  };
  return (
    <AfterSignIn act={add} back={{ to: "/limits" }}>
      <form className="stack" onSubmit={submit}>
        <Fields typed={typed} onType={setTyped} />
        {holdHours > 0 && (
          <p className="small quiet">
            It rests {restWords(holdHours)} first, so that you can take it back if it was not you.
          </p>
        )}
        {add.isError && !needsFreshSignIn(add.error) && <Trouble error={add.error} />}
        <div className="actions is-end">
          <WorkButton variant="default" working={false} onClick={onClose}>
            Leave it
          </WorkButton>
          <WorkButton type="submit" working={add.isPending} disabled={!ready}>
            Add to the list
          </WorkButton>
        </div>
      </form>
    </AfterSignIn>
  );
}

const restWords = (hours: number): string => (hours === 1 ? "1 hour" : hoursWords(hours));
