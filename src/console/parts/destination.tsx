import type { Consent } from "../contract.ts";

const warnings = {
  https: null,
  loopback: "This is a program on this computer. Go on only if you have just started to link from it.",
  app: "This opens an app on this device. Go on only if you have just started to link from it.",
} as const;

/** Where the answer goes: unlike its name, the one thing about a client that it cannot make up. */
export function Destination({ consent }: { readonly consent: Consent }) {
  const warning = warnings[consent.redirectKind];
  return (
    <div className="destination">
      <p className="small">Your answer goes to</p>
      <p className="destination-host">{consent.redirectHost}</p>
      {warning !== null && <p className="small">{warning}</p>}
    </div>
  );
}
