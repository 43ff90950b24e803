import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../api.ts";
import type { PasskeyAnswer } from "../contract.ts";
import { useParts } from "../console-parts.ts";
import {
  type PushState,
  pushState,
  rememberBrowser,
  rememberedBrowser,
  subscribe,
  unsubscribe,
} from "../notices/push-browser.ts";
import { AfterSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import type { Notices } from "./contract.ts";

const failed = (next: string): ApiError =>
  new ApiError("This browser did not take it on.", {
    code: "push_failed",
    next,
    status: 0,
    requestId: null,
    retryAfter: null,
  });

const LATER = "Try again in a moment. Some browsers, and some private windows, refuse it.";
const ASKED = "It asked you, and was not allowed to.";
const AGAIN = "Press again, and allow it.";

const about: Readonly<Record<PushState, string>> = {
  unsupported: "This browser cannot. On an iPhone, add this page to the home screen first, and open it there.",
  denied: "This browser blocks it. Allow notices for this site in its settings, then load this page again.",
  off: "A word from this browser, even while this page is closed.",
  on: "This browser tells you, even while this page is closed.",
};

const stateQuery = { queryKey: ["push-state"], queryFn: pushState };

interface ThisBrowserProps {
  readonly notices: Notices;
  readonly onChanged: () => Promise<void>;
}

/** Switching this browser on and off. What the browser throws is no sentence for a person. */
function useSwitch({ notices, onChanged }: ThisBrowserProps) {
  const { api } = useParts();
  const queries = useQueryClient();
  const on = async (): Promise<void> => {
    const browser = await subscribe(notices.pushKey).catch(() => Promise.reject(failed(LATER)));
    // Where the browser blocks it from now on, pressing again does nothing; what does is said beside it.
    if (browser === null) throw failed((await pushState()) === "denied" ? ASKED : `${ASKED} ${AGAIN}`);
    rememberBrowser(await api.addBrowser(browser));
  };
  const off = async (passkey?: PasskeyAnswer): Promise<void> => {
    const id = rememberedBrowser();
    if (id !== null) await api.removeBrowser(id, passkey);
    await unsubscribe();
  };
  return useMutation({
    mutationFn: ({ turnOn, passkey }: { readonly turnOn: boolean; readonly passkey?: PasskeyAnswer | undefined }) =>
      turnOn ? on() : off(passkey),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: stateQuery.queryKey });
      await onChanged();
    },
  });
}

/** Being told by this very browser. It is on where the browser is subscribed, and the server knows it as this person's. */
export function ThisBrowser(props: ThisBrowserProps) {
  const state = useQuery(stateQuery);
  const change = useSwitch(props);
  if (state.data === undefined) return null;
  const known = props.notices.browsers.some(({ id }) => id === rememberedBrowser());
  const shown: PushState = state.data === "on" && !known ? "off" : state.data;
  // Only switching off is ever asked about.
  const off = { ...change, mutate: (passkey?: PasskeyAnswer) => change.mutate({ turnOn: false, passkey }) };
  return (
    <AfterSignIn act={off} back={{ to: "/settings" }}>
      <div className="line">
        <div>
          <p>By this browser</p>
          <p className="small quiet">{about[shown]}</p>
        </div>
        {(shown === "on" || shown === "off") && (
          <WorkButton
            variant="default"
            working={change.isPending}
            onClick={() => change.mutate({ turnOn: shown === "off" })}
          >
            {shown === "on" ? "Stop" : "Tell me here"}
          </WorkButton>
        )}
      </div>
      {change.isError && <Trouble error={change.error} />}
    </AfterSignIn>
  );
}
