import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import type { PasskeyAnswer } from "../contract.ts";
import { Dialog } from "../parts/dialog.tsx";
import { AfterSignIn, needsFreshSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Words } from "../parts/words.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import type { NewCap } from "../work-api.ts";
import { assetWords, readAmount } from "./amount.ts";
import { capWords, hoursWords } from "./cap-words.ts";

/** What the fields hold, as it was typed. */
interface Typed {
  readonly asset: string;
  readonly each: string;
  readonly amount: string;
  readonly hours: number;
}

const PERIODS = [1, 24, 168, 720] as const;

const typedOf = (cap: NewCap | null): Typed => ({
  asset: cap?.asset ?? "usd",
  each: cap?.perTransaction ?? "",
  amount: cap?.rolling?.amount ?? "",
  hours: cap?.rolling?.hours ?? 24,
});

const FORM = "Write digits, with a point where there are parts: 12.50";

const wrongAmount = (typed: string): string | null => (typed.trim() === "" || readAmount(typed) !== null ? null : FORM);

/** The cap that the fields come to; null while they come to none. */
function capOf({ asset, each, amount, hours }: Typed): NewCap | null {
  if (asset.trim() === "" || wrongAmount(each) !== null || wrongAmount(amount) !== null) return null;
  const sum = readAmount(amount);
  return {
    asset: asset.trim(),
    perTransaction: readAmount(each),
    rolling: sum === null ? null : { amount: sum, hours },
  };
}

interface FieldsProps {
  readonly typed: Typed;
  readonly isNew: boolean;
  /** Assets that have caps already. */
  readonly taken: readonly string[];
  readonly onType: (typed: Typed) => void;
}

/** Whether a limit on this asset would stop anything: what no tool states, nothing counts. */
const isCounted = (asset: string, counted: readonly string[] | null): boolean =>
  counted === null || asset.trim() === "" || counted.includes(asset.trim().toLowerCase());

const isTaken = (asset: string, taken: readonly string[]): boolean =>
  taken.some((one) => one.toLowerCase() === asset.trim().toLowerCase());

function Fields({ typed, isNew, taken, onType }: FieldsProps) {
  const periods = PERIODS.some((hours) => hours === typed.hours) ? PERIODS : [...PERIODS, typed.hours];
  return (
    <>
      {isNew && (
        <TextInput
          label="Asset"
          description="Its symbol, such as SOL, or its address. usd counts what everything is worth in US dollars."
          name="asset"
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
          value={typed.asset}
          error={isTaken(typed.asset, taken) ? "It has limits already. Change those." : null}
          onChange={({ currentTarget }) => onType({ ...typed, asset: currentTarget.value })}
        />
      )}
      <TextInput
        label="Each time, at most"
        description="Empty means no limit."
        name="each"
        inputMode="decimal"
        autoComplete="off"
        maxLength={50}
        data-autofocus
        value={typed.each}
        error={wrongAmount(typed.each)}
        onChange={({ currentTarget }) => onType({ ...typed, each: currentTarget.value })}
      />
      <div className="field-line">
        <TextInput
          label="Altogether, at most"
          description="Empty means no limit."
          name="amount"
          inputMode="decimal"
          autoComplete="off"
          maxLength={50}
          value={typed.amount}
          error={wrongAmount(typed.amount)}
          onChange={({ currentTarget }) => onType({ ...typed, amount: currentTarget.value })}
        />
        <select
          className="choice"
          aria-label="Within"
          value={String(typed.hours)}
          onChange={({ currentTarget }) => onType({ ...typed, hours: Number(currentTarget.value) })}
        >
          {periods.map((hours) => (
            <option key={hours} value={String(hours)}>
              in any {hoursWords(hours)}
            </option>
          ))}
        </select>
      </div>
    </>
  );
}

/** What the change comes to, said before it is made. */
const Preview = ({ before, after }: { readonly before: NewCap | null; readonly after: NewCap | null }) => (
  <dl className="facts" aria-live="polite">
    <dt>Now</dt>
    <dd>
      <Words text={before ? capWords(before) : "No limit."} limit={300} />
    </dd>
    <dt>Then</dt>
    <dd>{after ? <Words text={capWords(after)} limit={300} /> : "Not clear yet."}</dd>
  </dl>
);

interface CapFormProps {
  /** What is changed; null for a new one. */
  readonly cap: NewCap | null;
  readonly taken: readonly string[];
  /** Assets that count here; null where any may. */
  readonly counted: readonly string[] | null;
  readonly onSave: (cap: NewCap, passkey?: PasskeyAnswer) => Promise<unknown>;
  readonly onClose: () => void;
}

const isSame = (one: NewCap | null, other: NewCap | null): boolean =>
  one !== null && other !== null && capWords(one) === capWords(other);

function Form({ cap, taken, counted, onSave, onClose }: CapFormProps) {
  const [typed, setTyped] = useState(typedOf(cap));
  const after = capOf(typed);
  const save = useMutation({
    mutationFn: async (passkey: PasskeyAnswer | void) => (after ? onSave(after, passkey ?? undefined) : null),
    onSuccess: onClose,
  });
  const isNew = cap === null;
  const says = after !== null && (after.perTransaction !== null || after.rolling !== null);
  const ready = after !== null && !isSame(cap, after) && (!isNew || (says && !isTaken(typed.asset, taken)));
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (ready && !save.isPending) save.mutate();
  };
  return (
    <AfterSignIn act={save} back={{ to: "/limits" }}>
      <form className="stack" onSubmit={submit}>
        <Fields typed={typed} isNew={isNew} taken={taken} onType={setTyped} />
        <Preview before={cap} after={after} />
        {!isCounted(typed.asset, counted) && (
          <p role="status">
            No tool of this server says what it spends in <Words text={typed.asset.trim()} limit={64} />, so this limit
            would stop nothing. One in US dollars (usd) counts whatever is spent.
          </p>
        )}
        <p className="small quiet">
          It holds from the next call on. What waits for your decision now was asked under the limits of before, so it
          is asked anew.
        </p>
        {save.isError && !needsFreshSignIn(save.error) && <Trouble error={save.error} />}
        <div className="actions is-end">
          <WorkButton variant="default" working={false} onClick={onClose}>
            Leave it
          </WorkButton>
          <WorkButton type="submit" working={save.isPending} disabled={!ready}>
            Save the limit
          </WorkButton>
        </div>
      </form>
    </AfterSignIn>
  );
}

/** Sets the caps on one asset, and says what changes before it does. */
export function CapDialog({ opened, ...props }: CapFormProps & { readonly opened: boolean }) {
  const { cap, onClose } = props;
  const title = cap ? <Words text={assetWords(cap.asset)} limit={60} /> : "Set a limit";
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      {opened && <Form {...props} />}
    </Dialog>
  );
}
