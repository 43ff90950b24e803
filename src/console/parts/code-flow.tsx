import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useParts } from "../console-parts.ts";
import type { Challenge, SignInOptions } from "../contract.ts";
import { signInQuery } from "../queries.ts";
import { CodeStep } from "./code-step.tsx";
import { EmailStep } from "./email-step.tsx";
import { Trouble } from "./trouble.tsx";
import { Waiting } from "./waiting.tsx";

interface CodeFlowProps<Result> {
  /** Puts the cursor into the first field at once: where nothing else is to be done. */
  readonly focusFirst: boolean;
  /** What happens with the address, under its field. */
  readonly about: string;
  /** What the right code leads to: "Sign in". */
  readonly purpose: string;
  /** What else there is to know, beside the first step. */
  readonly aside?: (options: SignInOptions) => ReactNode;
  /** Hands in the code. */
  verify(challenge: string, code: string): Promise<Result>;
  onDone(result: Result): void;
}

/** A code that was sent, and where to. */
interface Sent {
  readonly email: string;
  readonly challenge: Challenge;
}

function Steps<Result>({ options, ...props }: CodeFlowProps<Result> & { readonly options: SignInOptions }) {
  const { api } = useParts();
  const [sent, setSent] = useState<Sent | null>(null);
  const [email, setEmail] = useState("");
  const send = useMutation({
    mutationFn: api.sendCode,
    onSuccess: (challenge, to) => setSent({ email: to, challenge }),
  });
  if (sent === null) {
    return (
      <div className="stack">
        <EmailStep email={email} onEmail={setEmail} send={send} focusFirst={props.focusFirst} about={props.about} />
        {props.aside?.(options)}
      </div>
    );
  }
  const startOver = (): void => {
    send.reset();
    setSent(null);
  };
  return (
    <CodeStep
      {...props}
      key={sent.challenge.challenge}
      email={sent.email}
      challenge={sent.challenge}
      localMailbox={options.localMailbox}
      resend={send}
      onOtherAddress={startOver}
    />
  );
}

/** Proving an email address: the address, then the code that was sent to it. */
export function CodeFlow<Result>(props: CodeFlowProps<Result>) {
  const { api } = useParts();
  const options = useQuery(signInQuery(api));
  if (options.isPending) return <Waiting rows={2} height={44} />;
  if (options.isError) return <Trouble error={options.error} onRetry={() => void options.refetch()} />;
  return <Steps {...props} options={options.data} />;
}
