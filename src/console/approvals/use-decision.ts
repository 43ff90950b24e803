import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { ApiError } from "../api.ts";
import { useParts } from "../console-parts.ts";
import { putApproval } from "../live/put-in.ts";
import { signWithPasskey } from "../parts/passkey.ts";
import { needsFreshSignIn } from "../parts/sign-in-again.tsx";
import { APPROVAL, APPROVALS } from "./approvals-queries.ts";
import type { Answer } from "./approvals-api.ts";
import type { Approval, Decided } from "./contract.ts";

/** What the person pressed. */
export interface Pressed {
  readonly decision: Answer["decision"];
  /** Shows by a passkey that it is them. */
  readonly byPasskey?: boolean;
}

/** What may come of it. */
export interface DecisionEnds {
  onDecided(): void;
  /** It was decided, or ended, before: what the server says of it now is in view. */
  onTooLate(): void;
  /** The person shows first that it is them. @param ways how: `passkey`, `sign_in`. */
  onFresh(ways: readonly string[]): void;
}

/** Sends decisions about one approval, one at a time. */
export interface Decide {
  readonly sending: UseMutationResult<Decided, Error, Pressed>;
  /** Does nothing while one is on its way. */
  press(pressed: Pressed): void;
}

/** Errors that say that the card is not as it was shown any more. */
const TOO_LATE: ReadonlySet<string> = new Set(["conflict", "approval_expired", "approval_void", "not_found"]);

const codeOf = (error: unknown): string => (error instanceof ApiError ? error.facts.code : "");

const waysIn = (error: unknown): readonly string[] =>
  (error instanceof ApiError ? error.facts.ways : undefined) ?? ["sign_in"];

/** Decides on what was shown: the digest goes along, so that nothing else is decided. */
export function useDecision({ id, digest }: Pick<Approval, "id" | "digest">, ends: DecisionEnds): Decide {
  const { api } = useParts();
  const queries = useQueryClient();
  const busy = useRef(false);
  const readAgain = async (): Promise<void> => {
    ends.onTooLate();
    void queries.invalidateQueries({ queryKey: [APPROVALS] });
    await queries.invalidateQueries({ queryKey: [APPROVAL, id] });
  };
  const sending = useMutation({
    mutationFn: async ({ decision, byPasskey = false }: Pressed) => {
      const passkey = byPasskey ? await signWithPasskey(api, digest) : undefined;
      return api.approvals.decide(id, { decision, digest, passkey });
    },
    onSuccess: ({ approval }) => {
      ends.onDecided();
      putApproval(queries, approval);
      void queries.invalidateQueries({ queryKey: [APPROVALS] });
    },
    onError: (error) => {
      if (needsFreshSignIn(error)) ends.onFresh(waysIn(error));
      return TOO_LATE.has(codeOf(error)) ? readAgain() : undefined;
    },
    onSettled: () => {
      busy.current = false;
    },
  });
  return {
    sending,
    press(pressed) {
      // Two presses may come before the first is shown to be on its way.
      if (busy.current) return;
      busy.current = true;
      sending.mutate(pressed);
    },
  };
}
