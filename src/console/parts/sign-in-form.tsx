import { useQueryClient } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import type { SignInOptions, User } from "../contract.ts";
import { sessionQuery } from "../queries.ts";
import { CodeFlow } from "./code-flow.tsx";

interface SignInFormProps {
  /** Puts the cursor into the first field at once: for a page that has no other purpose. */
  readonly focusFirst: boolean;
  /** What else happens once the person is signed in. */
  readonly onSignedIn?: () => void;
}

/** Providers whose sign-in happens in their own app, which then links this account by itself. */
function otherProviders({ providers }: SignInOptions) {
  const titles = providers.filter(({ id }) => id !== "email").map(({ title }) => title);
  if (titles.length === 0) return null;
  return (
    <p className="small quiet">
      If you use {titles.join(" or ")}, start in the app that you know. It signs you in there.
    </p>
  );
}

/** Signing in: an email address, then the code that was sent to it. */
export function SignInForm({ focusFirst, onSignedIn }: SignInFormProps) {
  const { api } = useParts();
  const queries = useQueryClient();
  const finish = (user: User): void => {
    queries.setQueryData(sessionQuery(api).queryKey, user);
    onSignedIn?.();
  };
  return (
    <CodeFlow
      focusFirst={focusFirst}
      about="We send a code to it. A new address gets a new account."
      purpose="Sign in"
      aside={otherProviders}
      verify={api.signInByCode}
      onDone={finish}
    />
  );
}
