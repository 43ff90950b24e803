/**
 * What clicks alone are enough for, as sentences.
 * @param clicks how many of 24 hours are, before the next yes needs a proof; 0 where none is.
 */
export function clickWords(clicks: number): string {
  if (clicks === 0) return "Here no click alone is enough: you are asked at each yes, whatever it is worth.";
  const after = clicks === 1 ? "after one click" : `after ${clicks} clicks`;
  return `What you approve by a click alone within 24 hours adds up, and ${after} you are asked too; each time you show that it is you, it begins anew.`;
}
