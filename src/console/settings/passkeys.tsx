import { Button, TextInput } from "@mantine/core";
import { WebAuthnAbortService, browserSupportsWebAuthn } from "@simplewebauthn/browser";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useEffect, useState } from "react";
import { useParts } from "../console-parts.ts";
import type { PasskeyAnswer } from "../contract.ts";
import { browserLabel } from "../notices/push-browser.ts";
import { Dialog } from "../parts/dialog.tsx";
import { KeyIcon } from "../parts/icons.tsx";
import { type Question, QuestionDialog } from "../parts/question.tsx";
import { AfterSignIn, needsFreshSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { useToasts } from "../toasts/toasts.ts";
import { passkeysQuery } from "../work-queries.ts";
import type { Passkey } from "./contract.ts";
import { makePasskey } from "./make-passkey.ts";

/** Longest name that the server keeps. */
const LONGEST = 80;

/** Has the list read again, and says what was done. */
function useDone(): (words: string) => Promise<void> {
  const { api } = useParts();
  const queries = useQueryClient();
  const toasts = useToasts();
  return (words) => {
    toasts.show({ words });
    return queries.invalidateQueries({ queryKey: passkeysQuery(api).queryKey });
  };
}

interface LabelFormProps {
  readonly first: string;
  readonly about: string;
  readonly confirm: string;
  readonly act: (label: string, proven?: PasskeyAnswer) => Promise<unknown>;
  readonly onClose: () => void;
}

/** What a passkey is called; what else happens is up to whoever asks. */
function LabelForm({ first, about, confirm, act, onClose }: LabelFormProps) {
  const [label, setLabel] = useState(first);
  const save = useMutation({
    mutationFn: (proven: PasskeyAnswer | void) => act(label.trim(), proven ?? undefined),
    onSuccess: onClose,
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (label.trim() !== "" && !save.isPending) save.mutate();
  };
  return (
    <AfterSignIn act={save} back={{ to: "/settings" }}>
      <form className="stack" onSubmit={submit}>
        <p>{about}</p>
        <TextInput
          label="Name"
          description="So that you tell it from your others."
          name="label"
          dir="auto"
          autoComplete="off"
          maxLength={LONGEST}
          data-autofocus
          value={label}
          onChange={({ currentTarget }) => setLabel(currentTarget.value)}
        />
        {save.isError && !needsFreshSignIn(save.error) && <Trouble error={save.error} />}
        <div className="actions is-end">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <WorkButton type="submit" working={save.isPending} disabled={label.trim() === ""}>
            {confirm}
          </WorkButton>
        </div>
      </form>
    </AfterSignIn>
  );
}

function AddPasskey({ onClose }: { readonly onClose: () => void }) {
  const { api } = useParts();
  const done = useDone();
  // Whoever closes the question takes back what the browser asks, too.
  useEffect(() => () => WebAuthnAbortService.cancelCeremony(), []);
  return (
    <LabelForm
      first={browserLabel(navigator.userAgent)}
      about="Your browser then asks for your fingerprint, your face, a PIN or a security key. None of that leaves your device."
      confirm="Go on"
      act={async (label, proven) => {
        await api.addPasskey(label, await makePasskey(api, proven));
        await done("The passkey is added. It approves larger amounts with one touch.");
      }}
      onClose={onClose}
    />
  );
}

interface RowProps {
  readonly passkey: Passkey;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

function Row({ passkey, onRename, onRemove }: RowProps) {
  const name = `passkey-${passkey.id}`;
  return (
    <li className="line">
      <div>
        <p id={name}>
          <Words text={passkey.label} limit={LONGEST} />
        </p>
        <p className="small quiet">
          Added <When at={passkey.createdAt} form="day" /> ·{" "}
          {passkey.lastUsedAt === null ? (
            "not used yet"
          ) : (
            <>
              used <When at={passkey.lastUsedAt} form="ago" />
            </>
          )}
        </p>
      </div>
      <div className="actions">
        <Button variant="default" onClick={onRename} aria-describedby={name}>
          Rename
        </Button>
        <Button variant="default" onClick={onRemove} aria-describedby={name}>
          Remove
        </Button>
      </div>
    </li>
  );
}

const Empty = () => (
  <p className="quiet">
    None yet. With a passkey you approve larger amounts with one touch, and nobody can do it for you who only reads your
    mail.
  </p>
);

/** Adding one, where this browser can make them. */
function Add({ onAdd }: { readonly onAdd: () => void }) {
  if (!browserSupportsWebAuthn()) {
    return (
      <p className="small quiet">
        This browser makes no passkeys here. Open this page over https in a newer browser to add one.
      </p>
    );
  }
  return (
    <div className="actions">
      <Button variant="default" onClick={onAdd} leftSection={<KeyIcon small />}>
        Add a passkey
      </Button>
    </div>
  );
}

function useRemoval(): (passkey: Passkey) => Question {
  const { api } = useParts();
  const done = useDone();
  return ({ id, label }) => ({
    title: (
      <>
        Remove <Words text={label} limit={60} />?
      </>
    ),
    about:
      "It no longer approves anything. Your device may still offer it: delete it there, too. To use it again, add a new one.",
    keep: "Keep it",
    confirm: "Remove",
    act: async (proven) => {
      await api.removePasskey(id, proven);
      await done("The passkey is removed.");
    },
  });
}

/** The person's passkeys: to approve with one touch what needs to be certain. */
export function Passkeys() {
  const { api } = useParts();
  const passkeys = useQuery(passkeysQuery(api));
  const done = useDone();
  const removal = useRemoval();
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<Passkey | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const close = (): void => {
    setAdding(false);
    setRenaming(null);
  };
  const rename = async (id: string, label: string): Promise<void> => {
    await api.renamePasskey(id, label);
    await done("Renamed.");
  };
  return (
    <section className="sheet stack" aria-labelledby="passkeys">
      <h2 id="passkeys">Passkeys</h2>
      {passkeys.isPending && <Waiting rows={1} height={48} />}
      {passkeys.isError && !passkeys.data && <Trouble error={passkeys.error} onRetry={() => void passkeys.refetch()} />}
      {passkeys.data && passkeys.data.length === 0 && <Empty />}
      {passkeys.data && passkeys.data.length > 0 && (
        <ul className="lines" aria-label="Passkeys">
          {passkeys.data.map((passkey) => (
            <Row
              key={passkey.id}
              passkey={passkey}
              onRename={() => setRenaming(passkey)}
              onRemove={() => setQuestion(removal(passkey))}
            />
          ))}
        </ul>
      )}
      {passkeys.data && <Add onAdd={() => setAdding(true)} />}
      <Dialog opened={adding} onClose={close} title="Add a passkey">
        {adding && <AddPasskey onClose={close} />}
      </Dialog>
      <Dialog opened={renaming !== null} onClose={close} title="Rename this passkey">
        {renaming && (
          <LabelForm
            first={renaming.label}
            about="Only its name here changes."
            confirm="Rename"
            act={(label) => rename(renaming.id, label)}
            onClose={close}
          />
        )}
      </Dialog>
      <QuestionDialog question={question} to="/settings" onClose={() => setQuestion(null)} />
    </section>
  );
}
