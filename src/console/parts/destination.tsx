import type { Consent } from "../contract.ts";

const warnings = {
  https: null,
  loopback: "This is a program on this computer. Go on only if you have just started to link from it.",
  app: "This opens an app on this device. Go on only if you have just started to link from it.",
} as const;

/**
 * Where the answer goes: unlike its name, the one thing about a client that it cannot make up.
 * @param quiet without the accent, on a page where something else has it.
 */
export function Destination({ consent, quiet = false }: { readonly consent: Consent; readonly quiet?: boolean }) {
  const warning = warnings[consent.redirectKind];
  return (
    <div className={quiet ? "destination is-quiet" : "destination"}>
      <p className="small">Your answer goes to</p>
      <p className="destination-host">{consent.redirectHost}</p>
      {warning !== null && <p className="small">{warning}</p>}
    </div>
  );
}
