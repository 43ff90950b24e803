import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import type { PasskeyAnswer } from "../contract.ts";
import { rememberedBrowser, unsubscribe } from "../notices/push-browser.ts";
import { type Question, QuestionDialog } from "../parts/question.tsx";
import { Segments } from "../parts/segments.tsx";
import { AfterSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { signInQuery } from "../queries.ts";
import { useToasts } from "../toasts/toasts.ts";
import { noticesQuery } from "../work-queries.ts";
import type { Notices as NoticesFacts, ToldBrowser } from "./contract.ts";
import { ThisBrowser } from "./told-here.tsx";

const onOff = [
  { value: "on", words: "On" },
  { value: "off", words: "Off" },
] as const;

/** Has the settings read again. */
function useAgain(): () => Promise<void> {
  const { api } = useParts();
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: noticesQuery(api).queryKey });
}

function ByEmail({ notices }: { readonly notices: NoticesFacts }) {
  const { api } = useParts();
  const again = useAgain();
  const set = useMutation({
    mutationFn: ({ email, passkey }: { readonly email: boolean; readonly passkey?: PasskeyAnswer | undefined }) =>
      api.setEmailNotices(email, passkey),
    onSuccess: again,
  });
  const { address } = notices;
  const on = set.isPending ? set.variables.email : notices.email;
  // Only switching off is ever asked about.
  const off = { ...set, mutate: (passkey?: PasskeyAnswer) => set.mutate({ email: false, passkey }) };
  return (
    <AfterSignIn act={off} back={{ to: "/settings" }}>
      <div className="line">
        <div>
          <p>By email</p>
          <p className="small quiet">
            {address === null ? "Add an email address above first." : <Words text={address} limit={100} />}
          </p>
        </div>
        {address !== null && (
          <Segments
            title="By email"
            options={onOff}
            value={on ? "on" : "off"}
            onChoose={(value) => set.mutate({ email: value === "on" })}
          />
        )}
      </div>
      {set.isError && <Trouble error={set.error} />}
    </AfterSignIn>
  );
}

interface BrowsersProps {
  readonly browsers: readonly ToldBrowser[];
  readonly onRemove: (browser: ToldBrowser) => void;
}

const Browsers = ({ browsers, onRemove }: BrowsersProps) => (
  <div className="stack">
    <h3 className="small quiet job-title" id="told-browsers">
      Browsers that are told
    </h3>
    <ul className="lines" aria-labelledby="told-browsers">
      {browsers.map((browser) => (
        <li key={browser.id} className="line">
          <div>
            <p id={`browser-${browser.id}`}>
              <Words text={browser.label} limit={80} />
              {browser.id === rememberedBrowser() && <span className="quiet"> · this one</span>}
            </p>
            <p className="small quiet">
              Since <When at={browser.createdAt} form="day" />
            </p>
          </div>
          <Button variant="default" onClick={() => onRemove(browser)} aria-describedby={`browser-${browser.id}`}>
            Remove
          </Button>
        </li>
      ))}
    </ul>
  </div>
);

const SENT = "Sent. It should be there within a minute.";
const IN_TERMINAL = "Sent. No mail server is set up here, so the mail is in the server’s terminal.";

/** Sends a notice to everywhere that is on, to see that it comes. */
function SendTest({ silent, byEmail }: { readonly silent: boolean; readonly byEmail: boolean }) {
  const { api } = useParts();
  const toasts = useToasts();
  const { data: signIn } = useQuery(signInQuery(api));
  const inTerminal = byEmail && signIn?.localMailbox === true;
  const send = useMutation({
    mutationFn: api.sendTestNotice,
    onSuccess: () => toasts.show({ words: inTerminal ? IN_TERMINAL : SENT }),
  });
  return (
    <>
      <div className="line is-parted">
        <p className="small quiet">
          {silent
            ? "Nothing is on, so you only see what waits when you look here."
            : "A notice says that something waits, and leads here. It never decides anything."}
        </p>
        <WorkButton variant="default" working={send.isPending} disabled={silent} onClick={() => send.mutate()}>
          Send a test
        </WorkButton>
      </div>
      {send.isError && <Trouble error={send.error} />}
    </>
  );
}

function useRemoval(): (browser: ToldBrowser) => Question {
  const { api } = useParts();
  const again = useAgain();
  return ({ id, label }) => ({
    title: (
      <>
        Remove <Words text={label} limit={60} />?
      </>
    ),
    about: "It is not told any more. It can be added again from that browser.",
    keep: "Keep it",
    confirm: "Remove",
    act: async (passkey) => {
      await api.removeBrowser(id, passkey);
      if (id === rememberedBrowser()) await unsubscribe();
      await again();
    },
  });
}

/** How the person is told of what waits for them, besides the bell. */
export function Notices() {
  const { api } = useParts();
  const notices = useQuery(noticesQuery(api));
  const again = useAgain();
  const removal = useRemoval();
  const [question, setQuestion] = useState<Question | null>(null);
  const { data } = notices;
  return (
    <section className="sheet stack" aria-labelledby="notices">
      <div>
        <h2 id="notices">Being told</h2>
        <p className="small quiet">
          When something waits for your yes or no, and you are not looking here. Of a new link, or another way in, you
          are told in both ways whatever is set here, as far as there is an address or a browser.
        </p>
      </div>
      {notices.isPending && <Waiting rows={2} height={48} />}
      {notices.isError && !data && <Trouble error={notices.error} onRetry={() => void notices.refetch()} />}
      {data && (
        <>
          <ByEmail notices={data} />
          <ThisBrowser notices={data} onChanged={again} />
          {data.browsers.length > 0 && (
            <Browsers browsers={data.browsers} onRemove={(browser) => setQuestion(removal(browser))} />
          )}
          <SendTest
            silent={data.browsers.length === 0 && !(data.email && data.address !== null)}
            byEmail={data.email && data.address !== null}
          />
        </>
      )}
      <QuestionDialog question={question} to="/settings" onClose={() => setQuestion(null)} />
    </section>
  );
}
