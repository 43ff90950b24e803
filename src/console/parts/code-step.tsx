import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useRef, useState } from "react";
import type { Challenge } from "../contract.ts";
import type { SendCode } from "./email-step.tsx";
import { Trouble } from "./trouble.tsx";
import { useRetryWait } from "./use-retry-wait.ts";
import { WorkButton } from "./work-button.tsx";
import { When } from "./when.tsx";

interface CodeStepProps<Result> {
  readonly email: string;
  readonly challenge: Challenge;
  /** True when no mail server is set, so that codes stay on the server's machine. */
  readonly localMailbox: boolean;
  readonly resend: SendCode;
  /** The check for people, where one is set, and whether it still has to be answered before a new code. */
  readonly check: ReactNode;
  readonly unchecked: boolean;
  /** What the right code leads to: "Sign in". */
  readonly purpose: string;
  /** True where another way stands first. */
  readonly isSecond?: boolean;
  verify(challenge: string, code: string): Promise<Result>;
  onDone(result: Result): void;
  readonly onOtherAddress: () => void;
}

/** Where to look, and until when. Whether the code has expired, the server's clock decides. */
function CodeFacts({
  email,
  challenge,
  localMailbox,
}: Pick<CodeStepProps<unknown>, "email" | "challenge" | "localMailbox">) {
  const place = localMailbox
    ? "No mail server is set up here, so it is in the server’s terminal."
    : "If it does not come, look in the spam folder.";
  return (
    <p>
      We made a code for <strong>{email}</strong>. {place} It works until <When at={challenge.expiresAt} form="time" />.
    </p>
  );
}

/** "Send a new code", not before the server takes the request. */
function ResendButton({ email, resend, unchecked }: Pick<CodeStepProps<unknown>, "email" | "resend" | "unchecked">) {
  const wait = useRetryWait(resend);
  return (
    <button
      type="button"
      className="text-button"
      disabled={wait > 0 || resend.isPending || unchecked}
      onClick={() => resend.mutate(email)}
    >
      {wait > 0 ? `Send a new code (in ${wait} s)` : "Send a new code"}
    </button>
  );
}

const withoutSpaces = (code: string): string => code.replace(/\s/g, "");

/** The second step: the code. */
export function CodeStep<Result>(props: CodeStepProps<Result>) {
  const { email, challenge, resend, purpose } = props;
  const [code, setCode] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const verify = useMutation({
    mutationFn: () => props.verify(challenge.challenge, withoutSpaces(code)),
    onSuccess: (result) => props.onDone(result),
    onError: () => input.current?.select(),
  });
  const wait = useRetryWait(verify);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!verify.isPending) verify.mutate();
  };
  const error = resend.error ?? verify.error;
  return (
    <form className="stack" onSubmit={submit}>
      <CodeFacts {...props} />
      <TextInput
        className="code-input"
        label="Code"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        autoFocus
        required
        withAsterisk={false}
        maxLength={32}
        ref={input}
        value={code}
        error={verify.isError}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      {error && <Trouble error={error} />}
      <WorkButton
        variant={props.isSecond ? "default" : "filled"}
        type="submit"
        working={verify.isPending}
        disabled={wait > 0}
        fullWidth
      >
        {wait > 0 ? `${purpose} (in ${wait} s)` : purpose}
      </WorkButton>
      {props.check}
      <div className="actions is-quiet small">
        <ResendButton email={email} resend={resend} unchecked={props.unchecked} />
        <button type="button" className="text-button" onClick={props.onOtherAddress}>
          Use another address
        </button>
      </div>
    </form>
  );
}
