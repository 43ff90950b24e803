import type { Rows } from "../rows.ts";

/** Says what a list does not show; nothing when it shows all. */
export const LeftOut = ({ more, unreadable }: Pick<Rows<unknown>, "more" | "unreadable">) => (
  <>
    {more > 0 && <p className="quiet small">{more} more are not shown here. Ask the assistant for them.</p>}
    {unreadable > 0 && <p className="quiet small">{unreadable} came in a form that this card cannot show.</p>}
  </>
);
