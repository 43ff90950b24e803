import { Drawer } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Receipt } from "../contract.ts";
import { askedBy, channelName } from "./channels.ts";
import { CopyText } from "./copy.tsx";
import { duration } from "./duration.ts";
import { ProofCheck } from "../receipts/proof-check.tsx";
import { OutcomeLabel } from "./outcome.tsx";
import { reasonWords } from "./reason-words.ts";
import { When } from "./when.tsx";
import { Words } from "./words.tsx";

const effects: Readonly<Record<string, string>> = {
  read: "Read only",
  write: "Changed your data",
  money: "Moved money",
};

const attempts: Readonly<Record<string, string>> = {
  read: "Read only",
  write: "Would have changed your data",
  money: "Would have moved money",
};

const possible: Readonly<Record<string, string>> = {
  read: "Read only",
  write: "May have changed your data",
  money: "May have moved money",
};

/** What the call did; of one that was stopped, what it would have done; of one that nobody knows of, what it may have. */
function effectOf({ effect, outcome }: Receipt): string {
  const words = outcome === "ok" ? effects : outcome === "unknown" ? possible : attempts;
  return words[effect] ?? effect;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Reason({ code }: { readonly code: string }) {
  const words = reasonWords(code);
  return (
    <Fact name="Reason">
      {words !== null && <p>{words}</p>}
      <span className="mono">
        <Words text={code} />
      </span>
    </Fact>
  );
}

function Facts({ receipt }: { readonly receipt: Receipt }) {
  return (
    <dl className="facts">
      <Fact name="Outcome">
        <OutcomeLabel outcome={receipt.outcome} />
      </Fact>
      {receipt.code !== null && <Reason code={receipt.code} />}
      <Fact name="Effect">
        <Words text={effectOf(receipt)} />
      </Fact>
      <Fact name="Asked by">
        <Words text={askedBy(receipt)} limit={200} />
      </Fact>
      <Fact name="Through">
        <Words text={channelName(receipt.channel)} />
      </Fact>
      <Fact name="Tool">
        <span className="mono">
          <Words text={receipt.tool} limit={200} />
        </span>
      </Fact>
      <Fact name="Started">
        <When at={receipt.startedAt} form="full" />
      </Fact>
      <Fact name="Took">
        <span className="numbers">{duration(receipt.latencyMs)}</span>
      </Fact>
      <Fact name="Digest">
        <CopyText value={receipt.argsDigest} what="digest" />
        <p className="small quiet">A fingerprint of what was asked, without what is secret or personal.</p>
      </Fact>
      <Fact name="Request id">
        <CopyText value={receipt.requestId} what="request id" />
      </Fact>
      <Fact name="Receipt id">
        <CopyText value={receipt.id} what="receipt id" />
      </Fact>
    </dl>
  );
}

interface ReceiptDrawerProps {
  /** The receipt in view; null when none is. */
  readonly receipt: Receipt | null;
  readonly onClose: () => void;
}

/** One receipt in full. */
export function ReceiptDrawer({ receipt, onClose }: ReceiptDrawerProps) {
  return (
    <Drawer
      opened={receipt !== null}
      onClose={onClose}
      title={receipt && <Words text={receipt.title} />}
      position="right"
      size="28rem"
      closeButtonProps={{ "aria-label": "Close" }}
      transitionProps={{ duration: 0 }}
    >
      {receipt && (
        <div className="stack is-wide">
          <Facts receipt={receipt} />
          <ProofCheck key={receipt.id} receipt={receipt} />
          <p>
            <Link to="/receipts" search={{ tool: receipt.tool }} onClick={onClose}>
              Show only <Words text={receipt.title} limit={60} />
            </Link>
          </p>
        </div>
      )}
    </Drawer>
  );
}
