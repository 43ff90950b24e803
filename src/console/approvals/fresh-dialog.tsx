import { Button } from "@mantine/core";
import { Dialog } from "../parts/dialog.tsx";
import { KeyIcon } from "../parts/icons.tsx";
import { canUsePasskey, cancelPasskey } from "../parts/passkey.ts";
import { SignInAgain, needsFreshSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import type { Approval } from "./contract.ts";
import { Said } from "./said.tsx";
import type { Decide } from "./use-decision.ts";

interface FreshDialogProps {
  readonly approval: Approval;
  /** How the person can show that it is them; null while that is not asked. */
  readonly ways: readonly string[] | null;
  readonly decide: Decide;
  readonly onClose: () => void;
}

function Ways({ approval, ways, decide }: FreshDialogProps & { readonly ways: readonly string[] }) {
  const { sending, press } = decide;
  const { isPending, error } = sending;
  const byPasskey = ways.includes("passkey") && canUsePasskey();
  const bySignIn = ways.includes("sign_in") || !byPasskey;
  return (
    <div className="stack is-wide">
      <div className="stack is-tight">
        <p>Show once more that it is you. It is then approved:</p>
        <blockquote className="asked-sentence">
          <Said text={approval.sentence} />
        </blockquote>
      </div>
      {error && !needsFreshSignIn(error) && <Trouble error={error} />}
      {byPasskey && (
        <WorkButton
          data-autofocus
          working={isPending}
          leftSection={<KeyIcon small />}
          onClick={() => press({ decision: "approve", byPasskey: true })}
          fullWidth
        >
          Approve with a passkey
        </WorkButton>
      )}
      {bySignIn && (
        <section className="stack" aria-labelledby="sign-in-again">
          <h3 id="sign-in-again" className="quiet small">
            {byPasskey ? "Or sign in again" : "Sign in again"}
          </h3>
          <SignInAgain
            purpose="Sign in and approve"
            isSecond={byPasskey}
            back={{ to: `/approvals/${approval.id}` }}
            onDone={() => press({ decision: "approve" })}
          />
        </section>
      )}
    </div>
  );
}

/** Asks the person to show once more that it is them, and then sends their yes. Who comes back from a provider presses it again. */
export function FreshDialog(props: FreshDialogProps) {
  const { ways, onClose } = props;
  const close = (): void => {
    cancelPasskey();
    onClose();
  };
  return (
    <Dialog opened={ways !== null} onClose={close} title="Is it you?">
      {ways !== null && (
        <div className="stack">
          <Ways {...props} ways={ways} />
          <div className="actions is-end">
            <Button variant="default" onClick={close}>
              Not now
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
