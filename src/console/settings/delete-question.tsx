import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useParts } from "../console-parts.ts";
import type { PasskeyAnswer, User } from "../contract.ts";
import { Answers } from "../parts/dialog.tsx";
import { AfterSignIn } from "../parts/sign-in-again.tsx";
import { Words } from "../parts/words.tsx";
import { endSession } from "../queries.ts";
import { useToasts } from "../toasts/toasts.ts";

interface DeleteQuestionProps {
  readonly user: User;
  readonly onClose: () => void;
}

/** Letters in either case, as the server compares them. */
const isSame = (typed: string, label: string): boolean => typed.trim().toLowerCase() === label.trim().toLowerCase();

/** Asks for the account's own name, so that no slip of the hand erases anything. */
export function DeleteQuestion({ user, onClose }: DeleteQuestionProps) {
  const { api } = useParts();
  const queries = useQueryClient();
  const toasts = useToasts();
  const [typed, setTyped] = useState("");
  const erase = useMutation({
    mutationFn: (passkey: PasskeyAnswer | void) => api.deleteAccount(typed.trim(), passkey ?? undefined),
    onSuccess: () => {
      toasts.show({ words: "All that was kept of you is erased." });
      endSession(queries);
    },
  });
  const certain = isSame(typed, user.label);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (certain && !erase.isPending) erase.mutate();
  };
  return (
    <AfterSignIn act={erase} back={{ to: "/settings" }}>
      <form className="stack" onSubmit={submit}>
        <p>
          Your intents, items, receipts, links and ways to sign in are erased. Every linked assistant is refused from
          then on. It cannot be undone.
        </p>
        <TextInput
          label={
            <>
              Type <Words text={user.label} /> to confirm
            </>
          }
          name="confirm"
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Answers
          act={erase}
          keep="Keep everything"
          confirm="Delete everything"
          final
          disabled={!certain}
          focusElsewhere
          onClose={onClose}
        />
      </form>
    </AfterSignIn>
  );
}
