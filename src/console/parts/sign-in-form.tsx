import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { CodeProof, WayBack } from "../api.ts";
import { useParts } from "../console-parts.ts";
import type { SignInOptions, User } from "../contract.ts";
import { sessionQuery, signInQuery } from "../queries.ts";
import { RedirectButton, ScriptButton } from "../sign-in/provider-button.tsx";
import { only, waysOf } from "../sign-in/ways.ts";
import { CodeFlow } from "./code-flow.tsx";
import { Trouble } from "./trouble.tsx";
import { Waiting } from "./waiting.tsx";

/** What each way leads to: being signed in, or having one more way to sign in. */
export interface Acts<Result> {
  readonly verb: string;
  readonly purpose: string;
  readonly about: string;
  /** True where another way stands first, whose button is the one that stands out. */
  readonly isSecond?: boolean;
  verify(proof: CodeProof): Promise<Result>;
  use(provider: string, token: string): Promise<Result>;
  begin(door: string): Promise<string>;
  onDone(result: Result): void;
}

interface WaysProps<Result> {
  readonly options: SignInOptions;
  readonly acts: Acts<Result>;
  /** Where the person is, so that a provider leads back there. */
  readonly back: WayBack;
  /** Puts the cursor into the first field at once: for a page that has no other purpose. */
  readonly focusFirst: boolean;
  /** The address that is most likely theirs. */
  readonly email?: string | undefined;
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

/** The form for a code; where several send one, a button for each other. */
function CodeWays<Result>({ options, acts, ...props }: WaysProps<Result>) {
  const [first, ...rest] = waysOf(options, "code");
  const [chosen, setChosen] = useState(first);
  if (chosen === undefined || first === undefined) return null;
  const others = [first, ...rest].filter(({ id }) => id !== chosen.id);
  return (
    <div className="stack is-tight">
      <CodeFlow {...props} {...acts} key={chosen.id} way={chosen} options={options} />
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

/** Every way to sign in that the server offers. */
export function Ways<Result>(props: WaysProps<Result>) {
  const { options, acts } = props;
  const redirects = waysOf(options, "redirect");
  const scripts = waysOf(options, "script");
  return (
    <div className="stack is-wide">
      {redirects.length + scripts.length > 0 && (
        <div className="stack">
          {redirects.map((way) => (
            <RedirectButton key={way.id} way={way} verb={acts.verb} begin={acts.begin} />
          ))}
          {scripts.map((way) => (
            <ScriptButton key={way.id} way={way} verb={acts.verb} use={acts.use} onDone={acts.onDone} />
          ))}
        </div>
      )}
      <CodeWays {...props} />
      <Elsewhere options={options} />
    </div>
  );
}

interface SignInFormProps {
  readonly focusFirst: boolean;
  readonly back: WayBack;
  /** What else happens once the person is signed in. */
  readonly onSignedIn?: () => void;
}

/** Signing in: at a provider, or by an email address and the code that was sent to it. */
export function SignInForm({ focusFirst, back, onSignedIn }: SignInFormProps) {
  const { api } = useParts();
  const queries = useQueryClient();
  const options = useQuery(signInQuery(api));
  if (options.isPending) return <Waiting rows={2} height={44} />;
  if (options.isError) return <Trouble error={options.error} onRetry={() => void options.refetch()} />;
  const acts: Acts<User> = {
    verb: "Continue with",
    purpose: "Sign in",
    about: "We send a code to it. A new address gets a new account.",
    verify: api.signInByCode,
    use: api.signInByToken,
    begin: (door) => api.signInByRedirect(door, back),
    onDone: (user) => {
      queries.setQueryData(sessionQuery(api).queryKey, user);
      onSignedIn?.();
    },
  };
  return <Ways options={options.data} acts={acts} back={back} focusFirst={focusFirst} />;
}

interface RenewFormProps {
  readonly back: WayBack;
  /** Only these providers. */
  readonly providers: readonly string[];
  readonly onRenewed: () => void;
}

/** A signed-in person signs in at a provider once more. They stay who they are: an account of somebody else is refused. */
export function RenewForm({ back, providers, onRenewed }: RenewFormProps) {
  const { api } = useParts();
  const queries = useQueryClient();
  const options = useQuery(signInQuery(api));
  if (options.isPending) return <Waiting rows={2} height={44} />;
  if (options.isError) return <Trouble error={options.error} onRetry={() => void options.refetch()} />;
  const acts: Acts<unknown> = {
    verb: "Continue with",
    purpose: "Continue",
    about: "We send a code to it.",
    verify: api.addByCode,
    use: api.addByToken,
    begin: (door) => api.addByRedirect(door, back),
    onDone: () => {
      void queries.invalidateQueries({ queryKey: sessionQuery(api).queryKey });
      onRenewed();
    },
  };
  return <Ways options={only(options.data, providers)} acts={acts} back={back} focusFirst={false} />;
}
