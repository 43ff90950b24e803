import { useMutation } from "@tanstack/react-query";
import { type RefObject, useRef } from "react";
import { ApiError } from "../api.ts";
import { useParts } from "../console-parts.ts";
import { Trouble } from "../parts/trouble.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { isSafeRedirect } from "../redirect.ts";
import { loadScript } from "./load-script.ts";
import type { Way } from "./ways.ts";

/** What the operator's script for Privy leaves in the page (docs/sign-in.md). */
type GetToken = (facts: { readonly appId: string; readonly container: HTMLElement }) => Promise<string>;

declare global {
  interface Window {
    bellhopPrivy?: GetToken;
  }
}

const broken = (title: string): ApiError =>
  new ApiError(`Signing in with ${title} did not work.`, {
    code: "script_failed",
    next: "Try again, or sign in another way.",
    status: 0,
    requestId: null,
    retryAfter: null,
  });

async function tokenByScript({ script, title }: Way, place: RefObject<HTMLDivElement | null>): Promise<string> {
  if (script === undefined || place.current === null) throw broken(title);
  const { appId, url } = script;
  try {
    await loadScript(url);
    const token = await window.bellhopPrivy?.({ appId, container: place.current });
    if (typeof token === "string") return token;
  } catch {
    // What a foreign script throws is no sentence for a person.
  }
  throw broken(title);
}

interface ScriptButtonProps<Result> {
  readonly way: Way;
  readonly verb: string;
  /** Hands in the token that the script got. */
  use(provider: string, token: string): Promise<Result>;
  onDone(result: Result): void;
}

/** Signs in by a provider's script, which may show itself under the button. Loaded when it is first asked for. */
export function ScriptButton<Result>({ way, verb, use, onDone }: ScriptButtonProps<Result>) {
  const place = useRef<HTMLDivElement>(null);
  const work = useMutation({
    mutationFn: async () => use(way.id, await tokenByScript(way, place)),
    onSuccess: (result) => onDone(result),
  });
  return (
    <div className="stack is-tight">
      <WorkButton variant="default" working={work.isPending} onClick={() => work.mutate()} fullWidth>
        {`${verb} ${way.title}`}
      </WorkButton>
      <div ref={place} />
      {work.isError && <Trouble error={work.error} />}
    </div>
  );
}

interface RedirectButtonProps {
  readonly way: Way;
  readonly verb: string;
  /** Asks the server where to go. */
  begin(door: string): Promise<string>;
}

/** Goes to a provider's own pages. The server sends the person back to where they were. */
export function RedirectButton({ way, verb, begin }: RedirectButtonProps) {
  const { leaveTo } = useParts();
  const leave = useMutation({
    mutationFn: async () => {
      const location = await begin(way.id);
      if (!isSafeRedirect(location)) throw broken(way.title);
      return location;
    },
    onSuccess: (location) => leaveTo(location),
  });
  return (
    <div className="stack is-tight">
      <WorkButton
        variant="default"
        working={leave.isPending || leave.isSuccess}
        onClick={() => leave.mutate()}
        fullWidth
      >
        {`${verb} ${way.title}`}
      </WorkButton>
      {leave.isError && <Trouble error={leave.error} />}
    </div>
  );
}
