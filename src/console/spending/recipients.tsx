import { Button } from "@mantine/core";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import { Dialog } from "../parts/dialog.tsx";
import { type Question, QuestionDialog } from "../parts/question.tsx";
import { Segments } from "../parts/segments.tsx";
import { When, useNow } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { AddRecipient } from "./add-recipient.tsx";
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
    act: (passkey) =>
      make(
        () => api.setRecipientsOnly(only, passkey),
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
        {adding && <AddRecipient holdHours={props.spending.holdHours} make={props.make} onClose={close} />}
      </Dialog>
    </section>
  );
}
