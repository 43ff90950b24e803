import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useParts } from "../console-parts.ts";
import type { Identity, PasskeyAnswer, SignInOptions, User } from "../contract.ts";
import { CodeFlow } from "../parts/code-flow.tsx";
import { Answers, Dialog } from "../parts/dialog.tsx";
import { AfterSignIn, SignInAgain, needsFreshSignIn } from "../parts/sign-in-again.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { signInQuery } from "../queries.ts";
import { RedirectButton, ScriptButton } from "../sign-in/provider-button.tsx";
import { waysOf } from "../sign-in/ways.ts";
import { useToasts } from "../toasts/toasts.ts";

const issuers: ReadonlyMap<string, string> = new Map([
  ["email", "Email"],
  ["privy.io", "Privy"],
]);

/** A provider by its host: what it calls itself, its own label says. */
const issuerWords = (issuer: string): string =>
  issuers.get(issuer) ?? (URL.canParse(issuer) ? new URL(issuer).host : issuer);

interface RowProps {
  readonly identity: Identity;
  readonly last: boolean;
  readonly onRemove: () => void;
}

function IdentityRow({ identity, last, onRemove }: RowProps) {
  const name = `identity-${identity.id}`;
  return (
    <li className="line">
      <div>
        <p id={name}>
          <Words text={identity.label} />
        </p>
        <p className="small quiet">
          <Words text={issuerWords(identity.issuer)} /> · added <When at={identity.createdAt} form="day" />
        </p>
      </div>
      {last ? (
        <p className="small quiet">Your only one, so it stays.</p>
      ) : (
        <Button variant="default" onClick={onRemove} aria-describedby={name}>
          Remove
        </Button>
      )}
    </li>
  );
}

/** The session tells who the person is, so it is read again after any change. */
function useSessionAgain(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["session"] });
}

interface QuestionProps {
  readonly identity: Identity;
  readonly onClose: () => void;
}

function RemoveQuestion({ identity, onClose }: QuestionProps) {
  const { api } = useParts();
  const toasts = useToasts();
  const again = useSessionAgain();
  const remove = useMutation({
    mutationFn: (passkey: PasskeyAnswer | void) => api.removeIdentity(identity.id, passkey ?? undefined),
    onSuccess: () => {
      onClose();
      toasts.show({ words: "Removed. It no longer signs you in, and your other browsers are signed out." });
      return again();
    },
  });
  return (
    <AfterSignIn act={remove} back={{ to: "/settings" }}>
      <div className="stack">
        <p>
          You can no longer sign in with <Words text={identity.label} />, and your other browsers are signed out. To use
          it again, add it again.
        </p>
        <Answers act={remove} keep="Keep it" confirm="Remove" onClose={onClose} />
      </div>
    </AfterSignIn>
  );
}

interface AddProps {
  readonly options: SignInOptions;
  readonly onClose: () => void;
}

/** Where adding wants a sign-in from a moment ago; what was typed stays while the person signs in once more. */
function useStale() {
  const [stale, setStale] = useState<"no" | "yes" | "mended">("no");
  const orSignIn = <Result,>(adding: Promise<Result>): Promise<Result> =>
    adding.catch((error: unknown) => {
      if (needsFreshSignIn(error)) setStale("yes");
      return Promise.reject(error);
    });
  const question = (
    <>
      <p role="status" className={stale === "no" ? "is-hidden-to-eyes" : ""}>
        {stale === "yes" && "What you add opens this account for good, so first sign in once more with what you have."}
        {stale === "mended" && "You have signed in again. Now press Add once more."}
      </p>
      {stale === "yes" && <SignInAgain back={{ to: "/settings" }} onDone={() => setStale("mended")} />}
    </>
  );
  return { asks: stale === "yes", question, orSignIn };
}

/** Adding an address, in place of the button that began it. */
function AddEmail({ options, onClose }: AddProps) {
  const { api } = useParts();
  const toasts = useToasts();
  const again = useSessionAgain();
  const { asks, question, orSignIn } = useStale();
  const added = ({ label }: Identity): void => {
    onClose();
    toasts.show({
      words: (
        <>
          Added. <Words text={label} /> signs you in, too.
        </>
      ),
    });
    void again();
  };
  const use = (provider: string, token: string): Promise<Identity> => orSignIn(api.addByToken(provider, token));
  const [way] = waysOf(options, "code");
  return (
    <div className="stack add-email">
      {question}
      <div className="stack" hidden={asks}>
        {way && (
          <CodeFlow
            way={way}
            options={options}
            back={{ to: "/settings" }}
            focusFirst
            about="We send a code to it. It then signs you in to this account."
            purpose="Add"
            verify={(proof) => orSignIn(api.addByCode(proof))}
            onDone={added}
          />
        )}
        {waysOf(options, "redirect").map((door) => (
          <RedirectButton key={door.id} way={door} verb="Add" begin={(id) => orSignIn(api.addByRedirect(id))} />
        ))}
        {waysOf(options, "script").map((script) => (
          <ScriptButton key={script.id} way={script} verb="Add" use={use} onDone={added} />
        ))}
      </div>
      <div>
        <button type="button" className="text-button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </div>
  );
}

interface AddButtonProps {
  readonly returned: boolean;
  readonly words: string;
  readonly onAdd: () => void;
}

/** The button that opens the form; it has the focus again when the form has gone. */
function AddButton({ returned, words, onAdd }: AddButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (returned) button.current?.focus();
  }, [returned]);
  return (
    <div className="actions">
      <Button variant="default" ref={button} onClick={onAdd}>
        {words}
      </Button>
    </div>
  );
}

/** The ways in which the person signs in. */
export function Identities({ user }: { readonly user: User }) {
  const [asking, setAsking] = useState<Identity | null>(null);
  const [adding, setAdding] = useState<"no" | "yes" | "done">("no");
  const { identities } = user;
  const { api } = useParts();
  const { data: options } = useQuery(signInQuery(api));
  const onlyMail = options === undefined || options.providers.every(({ way }) => way === "code" || way === "elsewhere");
  return (
    <section className="sheet stack" aria-labelledby="identities">
      <h2 id="identities">Ways to sign in</h2>
      <ul className="lines">
        {identities.map((identity) => (
          <IdentityRow
            key={identity.id}
            identity={identity}
            last={identities.length === 1}
            onRemove={() => setAsking(identity)}
          />
        ))}
      </ul>
      {adding === "yes" && options !== undefined ? (
        <AddEmail options={options} onClose={() => setAdding("done")} />
      ) : (
        <AddButton
          returned={adding === "done"}
          words={onlyMail ? "Add an email address" : "Add a way to sign in"}
          onAdd={() => setAdding("yes")}
        />
      )}
      <Dialog opened={asking !== null} onClose={() => setAsking(null)} title="Remove this way to sign in?">
        {asking && <RemoveQuestion identity={asking} onClose={() => setAsking(null)} />}
      </Dialog>
    </section>
  );
}
