import { Button } from "@mantine/core";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import type { PasskeyAnswer } from "../contract.ts";
import { Meter } from "../parts/meter.tsx";
import { Words } from "../parts/words.tsx";
import type { NewCap } from "../work-api.ts";
import { amountWords, assetWords, shareOf } from "./amount.ts";
import { CapDialog } from "./cap-form.tsx";
import { capWords, hoursWords } from "./cap-words.ts";
import type { Cap, Spending } from "./contract.ts";
import type { Make } from "./use-changes.ts";

function Spent({ cap }: { readonly cap: Cap }) {
  const { asset, rolling } = cap;
  if (rolling === null) return null;
  const words = `${amountWords(rolling.spent, asset)} spent in the last ${hoursWords(rolling.hours)}`;
  const share = shareOf(rolling.spent, rolling.amount);
  return (
    <div className="stack is-tight">
      <Meter label={`Spent of ${assetWords(asset)}`} value={Math.round(share * 100)} max={100} words={words} />
      <p className="small quiet numbers">
        <Words text={words} limit={200} />
      </p>
    </div>
  );
}

interface RowProps {
  readonly cap: Cap;
  /** Why it stops nothing here. */
  readonly note: string | undefined;
  readonly onChange: () => void;
}

function Row({ cap, note, onChange }: RowProps) {
  const name = `cap-${cap.asset}`;
  return (
    <li className="stack is-tight">
      <div className="line">
        <div>
          <h3 className="job-title" id={name}>
            <Words text={assetWords(cap.asset)} limit={60} />
          </h3>
          <p className="numbers">
            <Words text={capWords(cap)} limit={300} />
          </p>
          {note !== undefined && (
            <p className="small">
              <Words text={note} limit={300} />
            </p>
          )}
        </div>
        <Button variant="default" onClick={onChange} aria-describedby={name}>
          Change
        </Button>
      </div>
      <Spent cap={cap} />
    </li>
  );
}

/** A cap as it is sent: what was spent is the server's to know. */
const bare = ({ asset, perTransaction, rolling }: NewCap): NewCap => ({
  asset,
  perTransaction,
  rolling: rolling && { amount: rolling.amount, hours: rolling.hours },
});

/** All caps with one of them changed; one that limits nothing is none. */
const withCap = (caps: readonly Cap[], changed: NewCap): readonly NewCap[] => {
  const known = caps.some(({ asset }) => asset === changed.asset);
  const all = caps.map((cap) => bare(cap.asset === changed.asset ? changed : cap));
  return (known ? all : [...all, changed]).filter(
    ({ perTransaction, rolling }) => perTransaction !== null || rolling !== null,
  );
};

/** What assistants may spend at most, asset by asset. */
export function Caps({ spending, make }: { readonly spending: Spending; readonly make: Make }) {
  const { api } = useParts();
  // A new one has no name yet.
  const [asking, setAsking] = useState<{ readonly asset: string | null } | null>(null);
  const { caps, notes } = spending;
  const noteOf = ({ asset }: Cap): string | undefined => notes.find((note) => note.asset === asset)?.sentence;
  const asked = caps.find(({ asset }) => asset === asking?.asset) ?? null;
  const save = (cap: NewCap, passkey?: PasskeyAnswer) =>
    make(
      () => api.setCaps(withCap(caps, cap), passkey),
      <Words text={`${assetWords(cap.asset)}: ${capWords(cap)}`} limit={300} />,
    );
  return (
    <section className="sheet stack" aria-labelledby="caps">
      <h2 id="caps">How much may be spent</h2>
      {caps.length === 0 ? (
        <p className="quiet">
          No limits of yours yet. Whatever moves money still asks you first. A limit also holds when you say yes too
          quickly.
        </p>
      ) : (
        <ul className="lines" aria-label="Limits">
          {caps.map((cap) => (
            <Row key={cap.asset} cap={cap} note={noteOf(cap)} onChange={() => setAsking({ asset: cap.asset })} />
          ))}
        </ul>
      )}
      <div className="actions">
        <Button variant="default" onClick={() => setAsking({ asset: null })}>
          {caps.length === 0 ? "Set a limit" : "Set a limit on another asset"}
        </Button>
      </div>
      <CapDialog
        opened={asking !== null}
        cap={asked}
        taken={caps.map(({ asset }) => asset)}
        counted={spending.assets}
        onSave={save}
        onClose={() => setAsking(null)}
      />
    </section>
  );
}
