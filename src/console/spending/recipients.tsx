import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useParts } from "../console-parts.ts";
import { Dialog } from "../parts/dialog.tsx";
import { type Question, QuestionDialog } from "../parts/question.tsx";
import { Segments } from "../parts/segments.tsx";
import { AfterSignIn, needsFreshSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { When, useNow } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { hoursWords } from "./cap-words.ts";
import type { Recipient, Spending } from "./contract.ts";
import type { Make } from "./use-changes.ts";

interface RecipientsProps {
  readonly spending: Spending;
  readonly make: Make;
}

function Row({ recipient, onRemove }: { readonly recipient: Recipient; readonly onRemove: () => void }) {
  const now = useNow();
  const name = `recipient-${recipient.recipient}`;
  const rests = Date.parse(recipient.usableFrom) > now.getTime();
  return (
    <li className="line">
      <div>
        <p id={name}>
          <Words text={recipient.label} limit={60} />
        </p>
        <p className="mono quiet">
          <Words text={recipient.recipient} limit={100} />
        </p>
        <p className="small quiet">
          {rests ? (
            <>
              Usable from <When at={recipient.usableFrom} form="full" />
            </>
          ) : (
            <>
              May be paid · added <When at={recipient.addedAt} form="day" />
            </>
          )}
        </p>
      </div>
      <Button variant="default" onClick={onRemove} aria-describedby={name}>
        Remove
      </Button>
    </li>
  );
}

function AddForm({ spending, make, onClose }: RecipientsProps & { readonly onClose: () => void }) {
  const { api } = useParts();
  const [recipient, setRecipient] = useState("");
  const [label, setLabel] = useState("");
  const add = useMutation({
    mutationFn: () =>
      make(
        () => api.addRecipient(recipient.trim(), label.trim()),
        <>
          <Words text={label.trim()} limit={60} /> is on your list
          {spending.holdHours > 0 && `, and may be paid in ${hoursWords(spending.holdHours)}`}.
        </>,
      ),
    onSuccess: onClose,
  });
  const ready = recipient.trim() !== "" && label.trim() !== "";
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (ready && !add.isPending) add.mutate();
  };
  return (
    <AfterSignIn act={add} back={{ to: "/limits" }}>
      <form className="stack" onSubmit={submit}>
        <TextInput
          label="Name"
          description="What you call them."
          name="label"
          dir="auto"
          autoComplete="off"
          maxLength={80}
          data-autofocus
          value={label}
          onChange={({ currentTarget }) => setLabel(currentTarget.value)}
        />
        <TextInput
          label="Address"
          description="Paste it, and compare its beginning and its end."
          name="recipient"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={recipient}
          onChange={({ currentTarget }) => setRecipient(currentTarget.value)}
        />
        {spending.holdHours > 0 && (
          <p className="small quiet">
            It rests {hoursWords(spending.holdHours)} first, so that you can take it back if it was not you.
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

const who = [
  { value: "anyone", words: "Anyone" },
  { value: "listed", words: "Only my list" },
] as const;

/** What the person is asked before something about the list changes. */
function useQuestions({ make }: RecipientsProps) {
  const { api } = useParts();
  const restrict = (only: boolean): Question => ({
    title: only ? "Only your list?" : "Pay anyone?",
    about: only
      ? "From the next call on, a payment to anybody who is not on your list is refused, even if you approve it."
      : "From the next call on, assistants may propose payments to any address. Each still asks you first.",
    keep: "Leave it",
    confirm: only ? "Only my list" : "Allow anyone",
    act: () =>
      make(
        () => api.setRecipientsOnly(only),
        only ? "Only your list may be paid." : "Anyone may be paid, once you approve.",
      ),
  });
  const remove = ({ recipient, label }: Recipient): Question => ({
    title: (
      <>
        Remove <Words text={label} limit={60} />?
      </>
    ),
    about: "While only your list may be paid, payments to it are refused. Added again, it rests first.",
    keep: "Keep it",
    confirm: "Remove",
    act: () =>
      make(
        () => api.removeRecipient(recipient),
        <>
          <Words text={label} limit={60} /> is off your list.
        </>,
      ),
  });
  return { restrict, remove };
}

/** Who may be paid: anyone, or those on the person's list. */
export function Recipients(props: RecipientsProps) {
  const { recipientsOnly, recipients } = props.spending;
  const [question, setQuestion] = useState<Question | null>(null);
  const [adding, setAdding] = useState(false);
  const { restrict, remove } = useQuestions(props);
  const close = (): void => setAdding(false);
  return (
    <section className="sheet stack" aria-labelledby="recipients">
      <div className="line">
        <h2 id="recipients">Who may be paid</h2>
        <Segments
          title="Who may be paid"
          options={who}
          value={recipientsOnly ? "listed" : "anyone"}
          onChoose={(value) => setQuestion(restrict(value === "listed"))}
        />
      </div>
      {recipients.length === 0 ? (
        <p className="quiet">
          {recipientsOnly
            ? "Your list is empty, so nobody may be paid. Add somebody first."
            : "Nobody is on your list yet. With a list, a payment to a wrong address is refused even if you approve it."}
        </p>
      ) : (
        <ul className="lines" aria-label="Recipients">
          {recipients.map((recipient) => (
            <Row key={recipient.recipient} recipient={recipient} onRemove={() => setQuestion(remove(recipient))} />
          ))}
        </ul>
      )}
      <div className="actions">
        <Button variant="default" onClick={() => setAdding(true)}>
          Add somebody
        </Button>
      </div>
      <QuestionDialog question={question} to="/limits" onClose={() => setQuestion(null)} />
      <Dialog opened={adding} onClose={close} title="Add somebody to your list">
        {adding && <AddForm {...props} onClose={close} />}
      </Dialog>
    </section>
  );
}
