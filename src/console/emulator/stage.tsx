import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { type HostKind, hostKinds } from "../../ui/emulated-host/host-kinds.ts";
import type { HostView } from "../../ui/emulated-host/hosted-widget.ts";
import { webAddress } from "../../ui/web-address.ts";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { AnswerWords, Conversation, pendingOf, wordsOf } from "./conversation.tsx";
import { type EmulatedTool, pageUriOf } from "./emulated-tool.ts";
import { type HostSettings, modeIn } from "./host-settings.ts";
import { type AskedLink, LinkQuestion } from "./link-question.tsx";
import type { McpClient } from "./mcp-client.ts";
import type { CallAnswer, Fields, ResourceContents } from "./mcp-messages.ts";
import type { MessageLog } from "./message-log.ts";
import { followedWords, PendingWay, useFollowed } from "./pending-way.tsx";
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

/** The conversation with the widget in it, and what belongs to it. */
export function Stage(props: StageProps) {
  const { host, settings, onSettings, tool, run, log, callTool, onReload } = props;
  const page = usePage(props);
  const links = useLinks();
  const pending = pendingOf(run);
  const followed = useFollowed(pending);
  const [said, setSaid] = useState<readonly string[]>([]);
  const states = useMemo(() => new Map<number, unknown>(), []);
  const view = useView(host, settings);
  const onSaid = (text: string): void => setSaid((before) => [...before, text]);
  const desk = { log, states, callTool, openLink: links.ask, onSaid, onView: onSettings };
  const shown = page.data && isShownBy(host, page.data) ? page.data : null;
  const { progress } = run;
  return (
    <div className="stack">
      <Conversation host={host} settings={settings} tool={tool} run={run} stands={followedWords(followed)} said={said}>
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
      <PendingWay pending={pending} followed={followed} />
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
