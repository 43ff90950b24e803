import { LockIcon } from "../parts/icons.tsx";
import { Meter } from "../parts/meter.tsx";
import { Words } from "../parts/words.tsx";
import type { UsedTool } from "./contract.ts";

function Counted({ tool, perDay }: { readonly tool: UsedTool; readonly perDay: number }) {
  const left = Math.max(0, perDay - tool.usedToday);
  const words = `${tool.usedToday.toLocaleString()} of ${perDay.toLocaleString()}`;
  return (
    <>
      <div className="used-tool">
        <p>
          <Words text={tool.title} limit={60} />
        </p>
        <p className="small quiet numbers">{left === 0 ? `${words}, none left today` : words}</p>
      </div>
      <Meter label={tool.title} value={tool.usedToday} max={perDay} words={words} />
    </>
  );
}

const Uncounted = ({ tool }: { readonly tool: UsedTool }) => (
  <div className="used-tool">
    <p>
      <Words text={tool.title} limit={60} />
    </p>
    <p className="small quiet numbers">{tool.usedToday.toLocaleString()}, not limited</p>
  </div>
);

/** Tools that were used today or are counted; those with a limit first, as quiet bars. */
export function UsedTools({ tools }: { readonly tools: readonly UsedTool[] }) {
  if (tools.length === 0) return <p className="quiet">Nothing was used today. What assistants use appears here.</p>;
  const sorted = tools.toSorted((one, other) => Number(one.perDay === null) - Number(other.perDay === null));
  return (
    <ul className="used-tools" aria-label="Tools used today">
      {sorted.map((tool) => (
        <li key={tool.name} className="stack is-tight">
          {tool.perDay === null ? <Uncounted tool={tool} /> : <Counted tool={tool} perDay={tool.perDay} />}
        </li>
      ))}
    </ul>
  );
}

interface LockedToolsProps {
  readonly tools: readonly UsedTool[];
  /** Where a larger plan is to be had. */
  readonly upgrade: string | null;
}

/** Tools that the person's plan does not hold, and what would. */
export function LockedTools({ tools, upgrade }: LockedToolsProps) {
  const locked = tools.filter(({ needs }) => needs !== null);
  if (locked.length === 0) return null;
  return (
    <section className="sheet stack" aria-labelledby="locked">
      <h2 id="locked">Not in your plan</h2>
      <ul className="lines" aria-label="Not in your plan">
        {locked.map((tool) => (
          <li key={tool.name} className="line">
            <p className="outcome locked-tool">
              <LockIcon small />
              <Words text={tool.title} limit={60} />
            </p>
            <p className="small quiet">
              <Words text={tool.needs ?? ""} limit={80} />
            </p>
          </li>
        ))}
      </ul>
      {upgrade !== null && (
        <p>
          <a href={upgrade} target="_blank" rel="noreferrer">
            Get these tools<span className="is-hidden-to-eyes"> (opens in a new tab)</span>
          </a>
        </p>
      )}
    </section>
  );
}
