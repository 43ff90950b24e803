import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Intent } from "../contract.ts";
import { Trouble } from "../parts/trouble.tsx";
import { When } from "../parts/when.tsx";
import { useBeginning } from "../parts/words.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { foundBy } from "./found-by.ts";
import { IntentForm } from "./intent-form.tsx";
import { Source } from "./source.tsx";
import { useIntentActions } from "./use-intent-actions.tsx";

interface IntentCardProps {
  readonly intent: Intent;
  /** The intent leaves the list, and the focus must go somewhere. */
  readonly onGone: () => void;
}

/** Characters that are shown of an intent and of its summary. */
const PAYLOAD = 500;
const SUMMARY = 200;

/** The element that stands for an intent in the list. */
export const intentElement = (id: string): string => `intent-${id}`;

function IntentWords({ intent, heading }: { readonly intent: Intent; readonly heading: string }) {
  const payload = useBeginning(intent.payload, PAYLOAD);
  const summary = useBeginning(intent.summary ?? "", SUMMARY);
  return (
    <div className="stack is-tight">
      <h2 id={heading} className="intent-payload" dir="auto">
        {payload.shown}
      </h2>
      {payload.more}
      {intent.summary !== null && (
        <p className="quiet" dir="auto">
          {summary.shown}
        </p>
      )}
      {summary.more}
    </div>
  );
}

const Facts = ({ intent }: { readonly intent: Intent }) => (
  <p className="small quiet facts-line">
    <span>{foundBy(intent)}</span>
    <span>
      Kept <When at={intent.createdAt} form="ago" />
    </span>
    {intent.archivedAt !== null && (
      <span>
        Archived <When at={intent.archivedAt} form="ago" />
      </span>
    )}
  </p>
);

type Actions = ReturnType<typeof useIntentActions>;

interface ButtonsProps {
  readonly intent: Intent;
  readonly heading: string;
  readonly actions: Actions;
  readonly onEdit: () => void;
  /** True when the form has just been left: who left it by a key goes on from here. */
  readonly focusEdit: boolean;
}

function Buttons({ intent, heading, actions, onEdit, focusEdit }: ButtonsProps) {
  const edit = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (focusEdit) edit.current?.focus();
  }, [focusEdit]);
  const { archive, restore } = actions;
  const act = intent.archivedAt === null ? archive : restore;
  const described = { "aria-describedby": heading, variant: "default" };
  return (
    <div className="actions">
      {intent.archivedAt === null && (
        <Button {...described} ref={edit} onClick={onEdit}>
          Edit
        </Button>
      )}
      <WorkButton {...described} onClick={() => act.mutate()} working={act.isPending}>
        {intent.archivedAt === null ? "Archive" : "Restore"}
      </WorkButton>
    </div>
  );
}

/** One intent: what the person wants, the words that said so, and what can be done with it. */
export function IntentCard({ intent, onGone }: IntentCardProps) {
  const actions = useIntentActions(intent, onGone);
  const [editing, setEditing] = useState(false);
  const [left, setLeft] = useState(false);
  const heading = `heading-of-${intent.id}`;
  const leave = (): void => {
    setEditing(false);
    setLeft(true);
  };
  const saved = (changed: Intent): void => {
    leave();
    actions.saved(changed);
  };
  const error = actions.archive.error ?? actions.restore.error;
  return (
    <li id={intentElement(intent.id)} tabIndex={-1}>
      <article className="sheet stack" aria-labelledby={heading}>
        {editing && (
          <h2 id={heading} className="is-hidden-to-eyes">
            Edit this intent
          </h2>
        )}
        {editing && <IntentForm intent={intent} onSaved={saved} onCancel={leave} />}
        {!editing && <IntentWords intent={intent} heading={heading} />}
        <Source context={intent.context} />
        {error && <Trouble error={error} />}
        <div className="line">
          <Facts intent={intent} />
          {!editing && (
            <Buttons
              intent={intent}
              heading={heading}
              actions={actions}
              onEdit={() => setEditing(true)}
              focusEdit={left}
            />
          )}
        </div>
      </article>
    </li>
  );
}
