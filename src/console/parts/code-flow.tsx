import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { CodeProof, WayBack } from "../api.ts";
import { useParts } from "../console-parts.ts";
import type { Challenge, SignInOptions } from "../contract.ts";
import { HumanCheck } from "../sign-in/human-check.tsx";
import type { Way } from "../sign-in/ways.ts";
import { CodeStep } from "./code-step.tsx";
import { EmailStep } from "./email-step.tsx";

interface CodeFlowProps<Result> {
  /** Who sends the code. */
  readonly way: Way;
  readonly options: SignInOptions;
  /** Where a link in a provider's mail leads back to. */
  readonly back: WayBack;
  /** Puts the cursor into the first field at once: where nothing else is to be done. */
  readonly focusFirst: boolean;
  /** The address that is most likely theirs. */
  readonly email?: string | undefined;
  /** What happens with the address, under its field. */
  readonly about: string;
  /** What the right code leads to: "Sign in". */
  readonly purpose: string;
  /** True where another way stands first. */
  readonly isSecond?: boolean;
  /** Hands in the code. */
  verify(proof: CodeProof): Promise<Result>;
  onDone(result: Result): void;
}

/** A code that was sent, and where to. */
interface Sent {
  readonly email: string;
  readonly challenge: Challenge;
}

/** Proving an email address: the address, then the code that was sent to it. */
export function CodeFlow<Result>({ way, options, back, verify, ...props }: CodeFlowProps<Result>) {
  const { api } = useParts();
  const [sent, setSent] = useState<Sent | null>(null);
  const [email, setEmail] = useState(props.email ?? "");
  const [human, setHuman] = useState<string | null>(null);
  // Each proof is good for one request; the next one needs a new check.
  const [round, setRound] = useState(0);
  const send = useMutation({
    mutationFn: (to: string) => api.sendCode({ ...back, provider: way.id, email: to, human }),
    onSuccess: (challenge, to) => setSent({ email: to, challenge }),
    onSettled: () => {
      setHuman(null);
      setRound((last) => last + 1);
    },
  });
  const { humanCheck } = options;
  const check = humanCheck && <HumanCheck key={round} check={humanCheck} onProof={setHuman} />;
  const unchecked = humanCheck !== null && human === null;
  if (sent === null) {
    return (
      <EmailStep
        email={email}
        onEmail={setEmail}
        send={send}
        focusFirst={props.focusFirst}
        about={props.about}
        isSecond={props.isSecond ?? false}
        check={check}
        unchecked={unchecked}
      />
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
      localMailbox={way.id === "email" && options.localMailbox}
      resend={send}
      check={check}
      unchecked={unchecked}
      verify={(challenge, code) => verify({ provider: way.id, challenge, code })}
      onOtherAddress={startOver}
    />
  );
}
