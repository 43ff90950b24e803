import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { Dialog } from "../parts/dialog.tsx";
import type { Account } from "./contract.ts";
import { PersonName } from "./person-name.tsx";

interface PersonDialogProps {
  /** What is looked at, such as `Tier`. */
  readonly what: string;
  /** Whose it is; null while nobody is looked at. */
  readonly account: Account | null;
  readonly onClose: () => void;
  readonly children: (account: Account) => ReactNode;
}

/** Something of one person, over the list of people. */
export const PersonDialog = ({ what, account, onClose, children }: PersonDialogProps) => (
  <Dialog
    opened={account !== null}
    onClose={onClose}
    title={
      account && (
        <>
          {what} of <PersonName person={account} />
        </>
      )
    }
  >
    {account && children(account)}
  </Dialog>
);

interface UntilFieldProps {
  /** A day, `2027-03-01`; empty for good. */
  readonly day: string;
  readonly onChange: (day: string) => void;
}

/** The last day of what a person is given. */
export const UntilField = ({ day, onChange }: UntilFieldProps) => (
  <TextInput
    label="Until"
    description="The end of that day, in your own time. Empty means for good."
    type="date"
    name="until"
    value={day}
    onChange={({ currentTarget }) => onChange(currentTarget.value)}
  />
);
