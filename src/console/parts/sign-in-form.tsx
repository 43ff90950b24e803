import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import type { Challenge, SignInOptions, User } from "../contract.ts";
import { sessionQuery, signInQuery } from "../queries.ts";
import { CodeStep } from "./code-step.tsx";
import { EmailStep } from "./email-step.tsx";
import { Trouble } from "./trouble.tsx";
import { Waiting } from "./waiting.tsx";

interface SignInFormProps {
  /** Puts the cursor into the first field at once: for a page that has no other purpose. */
  readonly focusFirst: boolean;
  /** What else happens once the person is signed in. */
  readonly onSignedIn?: () => void;
}

/** A code that was sent, and where to. */
interface Sent {
  readonly email: string;
  readonly challenge: Challenge;
}

/** Providers whose sign-in happens in their own app, which then links this account by itself. */
function OtherProviders({ options }: { readonly options: SignInOptions }) {
  const titles = options.providers.filter(({ id }) => id !== "email").map(({ title }) => title);
  if (titles.length === 0) return null;
  return (
    <p className="small quiet">
      If you use {titles.join(" or ")}, start in the app that you know. It signs you in there.
    </p>
  );
}

function Steps({ options, focusFirst, onSignedIn }: SignInFormProps & { readonly options: SignInOptions }) {
  const { api } = useParts();
  const queries = useQueryClient();
  const [sent, setSent] = useState<Sent | null>(null);
  const [email, setEmail] = useState("");
  const send = useMutation({
    mutationFn: api.sendCode,
    onSuccess: (challenge, to) => setSent({ email: to, challenge }),
  });
  const finish = (user: User): void => {
    queries.setQueryData(sessionQuery(api).queryKey, user);
    onSignedIn?.();
  };
  if (sent === null) {
    return (
      <div className="stack">
        <EmailStep email={email} onEmail={setEmail} send={send} focusFirst={focusFirst} />
        <OtherProviders options={options} />
      </div>
    );
  }
  const startOver = (): void => {
    send.reset();
    setSent(null);
  };
  return (
    <CodeStep
      key={sent.challenge.challenge}
      email={sent.email}
      challenge={sent.challenge}
      localMailbox={options.localMailbox}
      resend={send}
      onSignedIn={finish}
      onOtherAddress={startOver}
    />
  );
}

/** Signing in: an email address, then the code that was sent to it. */
export function SignInForm(props: SignInFormProps) {
  const { api } = useParts();
  const options = useQuery(signInQuery(api));
  if (options.isPending) return <Waiting rows={2} height={44} />;
  if (options.isError) return <Trouble error={options.error} onRetry={() => void options.refetch()} />;
  return <Steps {...props} options={options.data} />;
}
