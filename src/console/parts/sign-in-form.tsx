import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { WayBack } from "../api.ts";
import { useParts } from "../console-parts.ts";
import type { SignInOptions, User } from "../contract.ts";
import { sessionQuery, signInQuery } from "../queries.ts";
import { RedirectButton, ScriptButton } from "../sign-in/provider-button.tsx";
import { only, waysOf } from "../sign-in/ways.ts";
import { CodeFlow } from "./code-flow.tsx";
import { Trouble } from "./trouble.tsx";
import { Waiting } from "./waiting.tsx";

interface SignInFormProps {
  /** Puts the cursor into the first field at once: for a page that has no other purpose. */
  readonly focusFirst: boolean;
  /** Where the person is, so that a provider leads back there. */
  readonly back: WayBack;
  /** Only these providers, where the person has to sign in again. */
  readonly providers?: readonly string[];
  /** What else happens once the person is signed in. */
  readonly onSignedIn?: () => void;
}

/** Providers whose sign-in happens in their own app, which then links this account by itself. */
function Elsewhere({ options }: { readonly options: SignInOptions }) {
  const titles = waysOf(options, "elsewhere").map(({ title }) => title);
  if (titles.length === 0) return null;
  return (
    <p className="small quiet">
      If you use {titles.join(" or ")}, start in the app that you know. It signs you in there.
    </p>
  );
}

interface WaysProps extends SignInFormProps {
  readonly options: SignInOptions;
  readonly onDone: (user: User) => void;
}

/** The form for a code; where several send one, a button for each other. */
function CodeWays({ options, back, focusFirst, onDone }: WaysProps) {
  const { api } = useParts();
  const [first, ...rest] = waysOf(options, "code");
  const [chosen, setChosen] = useState(first);
  if (chosen === undefined || first === undefined) return null;
  const others = [first, ...rest].filter(({ id }) => id !== chosen.id);
  return (
    <div className="stack is-tight">
      <CodeFlow
        key={chosen.id}
        way={chosen}
        options={options}
        back={back}
        focusFirst={focusFirst}
        about="We send a code to it. A new address gets a new account."
        purpose="Sign in"
        verify={api.signInByCode}
        onDone={onDone}
      />
      {others.map((way) => (
        <div key={way.id}>
          <button type="button" className="text-button small" onClick={() => setChosen(way)}>
            {`Use ${way.title} instead`}
          </button>
        </div>
      ))}
    </div>
  );
}

function Ways(props: WaysProps) {
  const { api } = useParts();
  const { options, back, onDone } = props;
  const redirects = waysOf(options, "redirect");
  const scripts = waysOf(options, "script");
  return (
    <div className="stack">
      {redirects.map((way) => (
        <RedirectButton
          key={way.id}
          way={way}
          verb="Continue with"
          begin={(door) => api.signInByRedirect(door, back)}
        />
      ))}
      {scripts.map((way) => (
        <ScriptButton key={way.id} way={way} verb="Continue with" use={api.signInByToken} onDone={onDone} />
      ))}
      <CodeWays {...props} />
      <Elsewhere options={options} />
    </div>
  );
}

/** Signing in: at a provider, or by an email address and the code that was sent to it. */
export function SignInForm(props: SignInFormProps) {
  const { api } = useParts();
  const queries = useQueryClient();
  const options = useQuery(signInQuery(api));
  if (options.isPending) return <Waiting rows={2} height={44} />;
  if (options.isError) return <Trouble error={options.error} onRetry={() => void options.refetch()} />;
  const finish = (user: User): void => {
    queries.setQueryData(sessionQuery(api).queryKey, user);
    props.onSignedIn?.();
  };
  const offered = props.providers === undefined ? options.data : only(options.data, props.providers);
  return <Ways {...props} options={offered} onDone={finish} />;
}
