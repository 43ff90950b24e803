import { Button } from "@mantine/core";
import type { Consent } from "../contract.ts";
import { DoneIcon } from "./icons.tsx";
import { PageHeading } from "./page-heading.tsx";

/** A decision that the server has taken. */
export interface Decided {
  readonly consent: Consent;
  readonly allowed: boolean;
  /** Where the client learns of it. */
  readonly redirectUri: string;
}

function nextStep({ consent }: Decided): string {
  const { name } = consent.client;
  if (consent.redirectKind === "https") return `You are on your way back to ${consent.redirectHost}.`;
  if (consent.redirectKind === "loopback") return `Go back to ${name}. It goes on by itself. You can close this page.`;
  return `${name} opens by itself. Your browser may ask you first. After that you can close this page.`;
}

/** What was decided and what happens next. It stays in view when the client is an app that opens beside the browser. */
export function ConsentDone({ decided }: { readonly decided: Decided }) {
  const { name } = decided.consent.client;
  return (
    <div className="stack is-wide">
      <div className="stack">
        <PageHeading title={decided.allowed ? `${name} is linked` : "You declined"} />
        {decided.allowed ? (
          <div className="done">
            <DoneIcon />
            <p>{name} may now act for you. Every call leaves a receipt.</p>
          </div>
        ) : (
          <p>{name} may not act for you. Nothing was linked.</p>
        )}
        <p>{nextStep(decided)}</p>
      </div>
      <div className="actions">
        <Button component="a" href={decided.redirectUri} rel="noreferrer">
          Go back to {name}
        </Button>
      </div>
    </div>
  );
}
