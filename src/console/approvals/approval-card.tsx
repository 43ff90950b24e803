import { useState } from "react";
import { PageHeading } from "../parts/page-heading.tsx";
import { When } from "../parts/when.tsx";
import type { Approval, WholeApproval } from "./contract.ts";
import { ExactArguments } from "./exact-arguments.tsx";
import { OutcomeNote } from "./outcome-note.tsx";
import { Question } from "./question.tsx";
import { Said } from "./said.tsx";
import { WhoAsks } from "./short-card.tsx";
import { StatusLabel } from "./status.tsx";

const SENTENCE = "approval-sentence";

/** Longer than this, a value is read as words and not as an amount. */
const AN_AMOUNT = 40;

function Bounds({ bounds }: Pick<Approval, "bounds">) {
  if (bounds.length === 0) return null;
  const inWords = bounds.some(({ value }) => value.length > AN_AMOUNT);
  return (
    <table className={inWords ? "bounds is-words" : "bounds"}>
      <caption className="is-hidden-to-eyes">What holds at most or at least</caption>
      <tbody>
        {bounds.map(({ label, value }, index) => (
          <tr key={`${index} ${label}`}>
            <th scope="row">
              <Said text={label} limit={80} />
            </th>
            <td className="numbers">
              <Said text={value} limit={400} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const effects = { write: "Changes your data", money: "Moves money" } as const;

/** Who asked, through what, and when. */
function Facts({ approval }: { readonly approval: Approval }) {
  const { askedAt, title, effect } = approval;
  return (
    <dl className="facts small">
      <dt>Asked by</dt>
      <dd>
        <WhoAsks {...approval} />
      </dd>
      <dt>Asked</dt>
      <dd>
        <When at={askedAt} form="ago" />, <When at={askedAt} form="full" />
      </dd>
      <dt>Effect</dt>
      <dd>
        {effects[effect]}, by <Said text={title} limit={120} />
      </dd>
    </dl>
  );
}

/** How it came to an end while the card was in view: by a press here, or otherwise. */
type End = "none" | "here" | "too-late";

function asideFor(end: End, wasPending: boolean, { status }: Approval): string | null {
  const decided = status === "approved" || status === "rejected";
  if (end === "here" || !decided || !wasPending) return null;
  return end === "too-late"
    ? "It was decided in another window before. What you pressed here changed nothing."
    : "It was decided in another window.";
}

/** All that a person needs to decide on one thing, the two answers, and what came of it. */
export function ApprovalCard({ approval }: { readonly approval: WholeApproval }) {
  const [end, setEnd] = useState<End>("none");
  // Whether the question stood here before: who meets one that has ended long since is not told how it was decided.
  const [wasPending] = useState(approval.status === "pending");
  const aside = asideFor(end, wasPending, approval);
  return (
    <article className="approval stack is-wide" aria-labelledby={SENTENCE}>
      <div className="stack is-tight">
        <StatusLabel approval={approval} />
        <PageHeading title={approval.title}>
          <span id={SENTENCE} className="sentence">
            <Said text={approval.sentence} />
          </span>
        </PageHeading>
      </div>
      <Bounds bounds={approval.bounds} />
      <Facts approval={approval} />
      <ExactArguments value={approval.arguments} />
      {approval.status === "pending" ? (
        <Question
          approval={approval}
          about={SENTENCE}
          onDecided={() => setEnd("here")}
          onTooLate={() => setEnd("too-late")}
        />
      ) : (
        <OutcomeNote approval={approval} takesFocus={wasPending} aside={aside && <p>{aside}</p>} />
      )}
    </article>
  );
}
