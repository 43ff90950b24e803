import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError, type WayBack } from "../api.ts";
import { useParts } from "../console-parts.ts";
import type { PasskeyAnswer, User } from "../contract.ts";
import { sessionQuery, signInQuery } from "../queries.ts";
import { useToasts } from "../toasts/toasts.ts";
import { KeyIcon } from "./icons.tsx";
import { canUsePasskey, cancelPasskey, signWithPasskey } from "./passkey.ts";
import { type Acts, Ways } from "./sign-in-form.tsx";
import { Trouble } from "./trouble.tsx";
import { Waiting } from "./waiting.tsx";
import { WorkButton } from "./work-button.tsx";

/** True for an error that says the person must show once more that it is them. */
export const needsFreshSignIn = (error: unknown): boolean =>
  error instanceof ApiError && error.facts.code === "fresh_sign_in_required";

const somebodyElse = (): ApiError =>
  new ApiError("You are signed in as somebody else now.", {
    code: "conflict",
    next: "Nothing was changed. Look at who is signed in, and decide again.",
    status: 409,
    requestId: null,
    retryAfter: null,
  });

interface SignInAgainProps {
  /** Where the person is, so that a provider's pages lead back there. */
  readonly back: WayBack;
  /** The same person has signed in a moment ago. */
  readonly onDone: () => void;
  /** What the right code leads to, where that is more than signing in. */
  readonly purpose?: string;
  /** True where another way stands first. */
  readonly isSecond?: boolean;
}

/** The address that the person signs in with, where it is one. */
const addressOf = (user: User | null | undefined): string | undefined =>
  user?.identities.find(({ issuer }) => issuer === "email")?.label;

/** A signed-in person signs in once more. Who signs in as somebody else is told so, and nothing goes on. */
export function SignInAgain({ back, onDone, purpose = "Sign in again", isSecond = false }: SignInAgainProps) {
  const { api } = useParts();
  const queries = useQueryClient();
  const options = useQuery(signInQuery(api));
  const { data: user } = useQuery(sessionQuery(api));
  const toasts = useToasts();
  const [other, setOther] = useState(false);
  if (options.isPending) return <Waiting rows={2} height={44} />;
  if (options.isError) return <Trouble error={options.error} onRetry={() => void options.refetch()} />;
  if (other) return <Trouble error={somebodyElse()} />;
  const acts: Acts<User> = {
    verb: "Continue with",
    purpose,
    isSecond,
    about: "We send a code to it.",
    verify: api.signInByCode,
    use: api.signInByToken,
    begin: (door) => api.signInByRedirect(door, back),
    onDone: (again) => {
      // Read, not put: where it is another person, nothing of the first one stays.
      void queries.invalidateQueries({ queryKey: sessionQuery(api).queryKey });
      if (user && again.id === user.id) return onDone();
      setOther(true);
      // The page is read again for the other person, and this question may go with it.
      toasts.show({ words: "Nothing was changed: you are signed in as somebody else now." });
    },
  };
  return <Ways options={options.data} acts={acts} back={back} focusFirst={false} email={addressOf(user)} />;
}

/** Something that is tried, and may have been refused until the person shows that it is them. */
export interface Attempt {
  readonly error: Error | null;
  readonly isPending: boolean;
  /** Tries it again. @param passkey what the person's passkey has answered. */
  mutate(passkey?: PasskeyAnswer): void;
}

/** Shows by a passkey that it is them, and goes on. Nothing where this browser or the server has none. */
function ByPasskey({ attempt }: { readonly attempt: Attempt }) {
  const { api } = useParts();
  const digest = digestIn(attempt.error);
  const sign = useMutation({
    mutationFn: (asked: string) => signWithPasskey(api, asked),
    onSuccess: (passkey) => attempt.mutate(passkey),
  });
  // Whoever closes the question takes back what the browser asks, too.
  useEffect(() => cancelPasskey, []);
  if (digest === null) return null;
  return (
    <>
      {sign.isError && <Trouble error={sign.error} />}
      <WorkButton
        data-autofocus
        working={sign.isPending}
        leftSection={<KeyIcon small />}
        onClick={() => sign.mutate(digest)}
        fullWidth
      >
        Use a passkey
      </WorkButton>
    </>
  );
}

/** What a passkey has to answer; null where none would do. */
const digestIn = (error: Error | null): string | null =>
  error instanceof ApiError && error.facts.ways?.includes("passkey") && canUsePasskey()
    ? (error.facts.digest ?? null)
    : null;

interface AfterSignInProps {
  readonly act: Attempt;
  readonly back: WayBack;
  /** The question or form that acts. */
  readonly children: ReactNode;
}

/**
 * A question or form; where the server wants to know once more who acts, signing in or a passkey takes its place, and it
 * goes on.
 */
export function AfterSignIn({ act, back, children }: AfterSignInProps) {
  if (!needsFreshSignIn(act.error)) return children;
  const byPasskey = digestIn(act.error) !== null;
  return (
    <div className="stack">
      <p role="status">
        {byPasskey
          ? "This needs to be you: show once more that it is. Then it goes on by itself."
          : "This needs to be you: sign in once more. Then it goes on by itself."}
      </p>
      <ByPasskey attempt={act} />
      <SignInAgain isSecond={byPasskey} back={back} onDone={() => act.mutate()} />
    </div>
  );
}
