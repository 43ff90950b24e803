import { TextInput } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactNode, SubmitEvent } from "react";
import type { Challenge } from "../contract.ts";
import { Trouble } from "./trouble.tsx";
import { useRetryWait } from "./use-retry-wait.ts";
import { WorkButton } from "./work-button.tsx";

/** Sending a code to an address. */
export type SendCode = UseMutationResult<Challenge, Error, string>;

interface EmailStepProps {
  readonly email: string;
  readonly onEmail: (email: string) => void;
  readonly send: SendCode;
  readonly focusFirst: boolean;
  /** What happens with the address. */
  readonly about: string;
  /** True where another way stands first. */
  readonly isSecond: boolean;
  /** The check for people, where one is set, and whether it still has to be answered. */
  readonly check: ReactNode;
  readonly unchecked: boolean;
}

/** The first step: where to send the code. */
export function EmailStep({ email, onEmail, send, focusFirst, about, isSecond, check, unchecked }: EmailStepProps) {
  const wait = useRetryWait(send);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!send.isPending && !unchecked) send.mutate(email.trim());
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput
        label="Email"
        description={about}
        type="email"
        name="email"
        autoComplete="email"
        required
        withAsterisk={false}
        maxLength={254}
        autoFocus={focusFirst}
        value={email}
        onChange={(event) => onEmail(event.currentTarget.value)}
      />
      {check}
      {send.isError && <Trouble error={send.error} />}
      <WorkButton
        variant={isSecond ? "default" : "filled"}
        type="submit"
        working={send.isPending}
        disabled={wait > 0 || unchecked}
        fullWidth
      >
        {wait > 0 ? `Send me a code (in ${wait} s)` : "Send me a code"}
      </WorkButton>
    </form>
  );
}
