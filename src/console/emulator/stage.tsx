import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { type HostKind, hostKinds } from "../../ui/emulated-host/host-kinds.ts";
import type { HostView } from "../../ui/emulated-host/hosted-widget.ts";
import { webAddress } from "../../ui/web-address.ts";
import { approvalQuery } from "../approvals/approvals-queries.ts";
import type { Approval } from "../approvals/contract.ts";
import { StatusLabel } from "../approvals/status.tsx";
import { useParts } from "../console-parts.ts";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { AnswerWords, Conversation, pendingOf, wordsOf } from "./conversation.tsx";
import { type EmulatedTool, pageUriOf } from "./emulated-tool.ts";
import { type HostSettings, modeIn } from "./host-settings.ts";
import { type AskedLink, LinkQuestion } from "./link-question.tsx";
import type { McpClient } from "./mcp-client.ts";
import type { CallAnswer, Fields, ResourceContents } from "./mcp-messages.ts";
import type { MessageLog } from "./message-log.ts";
import { type Run, isTrouble } from "./use-run.ts";
import { WidgetFrame } from "./widget-frame.tsx";

/** What an inline widget may take of the conversation, in CSS pixels. */
const INLINE_HEIGHT = 500;

const APP_PAGE = "text/html;profile=mcp-app";

interface StageProps {
  readonly host: HostKind;
  readonly settings: HostSettings;
  readonly onSettings: (part: Partial<HostSettings>) => void;
  readonly tool: EmulatedTool;
  readonly run: Run;
  readonly client: McpClient;
  readonly log: MessageLog;
  /** Reads the tools and this page again: the page may have been built anew. */
  readonly onReload: () => void;
  /** Carries out a call of the widget. */
  readonly callTool: (name: string, args: Fields) => Promise<CallAnswer>;
}

/** Why a host shows no widget, in the words of whoever builds one. */
const Note = ({ children }: { readonly children: ReactNode }) => <p className="stage-note small quiet">{children}</p>;

function NoPage({ host, tool }: Pick<StageProps, "host" | "tool">) {
  if (tool.appUri === null && tool.olderUri !== null)
    return (
      <Note>
        {hostKinds[host].title} shows text: the tool names a page for ChatGPT alone. For every host, name one in{" "}
        <code>_meta.ui.resourceUri</code>.
      </Note>
    );
  return <Note>This tool has no widget. Every host shows its text.</Note>;
}

/** Why there is no answer. */
const Ended = ({ reason }: { readonly reason: Error }) =>
  isTrouble(reason) ? <Trouble error={reason} /> : <Note>{reason.message}</Note>;

/** The words of the answer: what a host without widgets shows, and what the model reads. */
function TextFallback({ run }: { readonly run: Run }) {
  if (run.progress.state !== "answered") return null;
  return (
    <section className="stack is-tight" aria-labelledby="as-text">
      <h2 id="as-text">As text</h2>
      <p className="small quiet">What a host without widgets shows, and what the model reads.</p>
      <pre className="text-fallback" dir="auto" tabIndex={0} aria-label="The answer as text">
        {wordsOf(run) || "(The answer holds no text.)"}
      </pre>
    </section>
  );
}

/** The page of the tool, read as the host reads it. Read again only when the person asks. */
function usePage({ host, tool, settings, client }: StageProps) {
  const uri = pageUriOf(tool, host, settings.older);
  return useQuery({
    queryKey: ["emulator", "page", host, uri],
    queryFn: ({ signal }) => (uri === null ? null : client.readPage(uri, signal)),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

type PageQuery = ReturnType<typeof usePage>;

/** Links that a widget wants to open, one at a time; only web addresses ever reach the person. */
function useLinks() {
  const [asked, setAsked] = useState<AskedLink | null>(null);
  const ask = (url: string): Promise<boolean> => {
    const address = webAddress(url);
    if (address === null) return Promise.resolve(false);
    return new Promise((answer) => setAsked({ url: address.href, answer }));
  };
  return { asked, ask, done: () => setAsked(null) };
}

/** True for a page that this kind of host shows; ChatGPT knows its older type, too. */
const isShownBy = (host: HostKind, { mimeType }: ResourceContents): boolean =>
  host === "chatgpt" || mimeType === APP_PAGE;

/** Why there is no widget, or not yet. */
function WithoutWidget({ host, tool, page }: Pick<StageProps, "host" | "tool"> & { readonly page: PageQuery }) {
  if (page.isPending) return <Waiting rows={1} height={48} />;
  if (page.isError) return <Trouble error={page.error} onRetry={() => void page.refetch()} />;
  if (page.data === null) return <NoPage host={host} tool={tool} />;
  if (isShownBy(host, page.data)) return null;
  return (
    <Note>
      {hostKinds[host].title} shows text: the page is <code>{page.data.mimeType}</code>, and MCP Apps hosts show{" "}
      <code>{APP_PAGE}</code>.
    </Note>
  );
}

/** How the host shows the widget at the moment. */
function useView(host: HostKind, { theme, displayMode, locale }: HostSettings): HostView {
  return useMemo(
    () => ({ theme, displayMode: modeIn(host, displayMode), locale, maxHeight: INLINE_HEIGHT }),
    [theme, displayMode, locale, host],
  );
}

/** How what the call asked for stands, kept up to date; undefined where it asked for nothing. */
function useAsked(run: Run): Approval | undefined {
  const { api } = useParts();
  const pending = pendingOf(run);
  const id = pending?.kind === "approval" ? pending.id : null;
  return useQuery({ ...approvalQuery(api, id ?? ""), enabled: id !== null }).data;
}

interface AskedWayProps {
  readonly id: string;
  readonly asked: Approval | undefined;
}

/** What is to be decided, or how it was. */
const AskedWay = ({ id, asked }: AskedWayProps) =>
  asked && asked.status !== "pending" ? (
    <>
      <StatusLabel approval={asked} />{" "}
      <Link to="/approvals/$id" params={{ id }}>
        See what came of it
      </Link>
    </>
  ) : (
    <>
      Nothing was done yet: it waits for you.{" "}
      <Link to="/approvals/$id" params={{ id }}>
        Look and decide
      </Link>
    </>
  );

/** Where what the call waits for is decided or seen: the same page that an assistant leads to. */
function PendingWay({ run, asked }: { readonly run: Run; readonly asked: Approval | undefined }) {
  const pending = pendingOf(run);
  if (pending === null) return null;
  return (
    <p className="stage-note">
      {pending.kind === "approval" ? (
        <AskedWay id={pending.id} asked={asked} />
      ) : (
        <>
          It goes on by itself. <a href={`/app/jobs/${encodeURIComponent(pending.id)}`}>See how far it is</a>
        </>
      )}
    </p>
  );
}

/** The conversation with the widget in it, and what belongs to it. */
export function Stage(props: StageProps) {
  const { host, settings, onSettings, tool, run, log, callTool, onReload } = props;
  const page = usePage(props);
  const links = useLinks();
  const asked = useAsked(run);
  const [said, setSaid] = useState<readonly string[]>([]);
  const states = useMemo(() => new Map<number, unknown>(), []);
  const view = useView(host, settings);
  const onSaid = (text: string): void => setSaid((before) => [...before, text]);
  const desk = { log, states, callTool, openLink: links.ask, onSaid, onView: onSettings };
  const shown = page.data && isShownBy(host, page.data) ? page.data : null;
  const { progress } = run;
  return (
    <div className="stack">
      <Conversation host={host} settings={settings} tool={tool} run={run} asked={asked} said={said}>
        {shown ? (
          <WidgetFrame
            key={`${host} ${page.dataUpdatedAt}`}
            kind={host}
            page={shown}
            run={run}
            view={view}
            twice={settings.conditions.twice}
            desk={desk}
          />
        ) : (
          !page.isPending && <AnswerWords run={run} />
        )}
      </Conversation>
      <PendingWay run={run} asked={asked} />
      <WithoutWidget host={host} tool={tool} page={page} />
      {progress.state === "ended" && <Ended reason={progress.reason} />}
      {shown && (
        <div className="actions">
          <button type="button" className="text-button small" onClick={onReload}>
            Load the widget again
          </button>
        </div>
      )}
      <TextFallback run={run} />
      <LinkQuestion asked={links.asked} onDone={links.done} />
    </div>
  );
}
