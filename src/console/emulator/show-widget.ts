import type { HostKind } from "../../ui/emulated-host/host-kinds.ts";
import type { HostMessage, HostView, WidgetCsp } from "../../ui/emulated-host/hosted-widget.ts";
import { mountHost } from "../../ui/emulated-host/mount-host.ts";
import { isListOf, isObject, isText } from "../../ui/guards.ts";
import { type CallAnswer, type Fields, type ResourceContents, memberOf } from "./mcp-messages.ts";
import type { MessageLog } from "./message-log.ts";
import type { Run } from "./use-run.ts";
import { createWidgetRecorder } from "./widget-recorder.ts";

/** What a widget may ask of the page that shows it. */
export interface WidgetDesk {
  readonly log: MessageLog;
  /** ChatGPT's `widgetState`, by run: a widget that is loaded again finds it. */
  readonly states: Map<number, unknown>;
  readonly callTool: (name: string, args: Fields) => Promise<CallAnswer>;
  /** Asks the person. */
  readonly openLink: (url: string) => Promise<boolean>;
  readonly onSaid: (text: string) => void;
  readonly onView: (view: HostView) => void;
}

/** One widget, and what it is to be given. The first three stay as they are for as long as it is shown. */
export interface WidgetParts {
  readonly kind: HostKind;
  readonly page: ResourceContents;
  readonly desk: WidgetDesk;
  readonly run: Run;
  readonly view: HostView;
  /** Hand every result over twice. */
  readonly twice: boolean;
}

/** A widget on the page. */
export interface ShownWidget {
  /** Tells it what has become of its run, and how it is shown now. */
  follow(parts: WidgetParts): void;
  end(): void;
}

/** The page of another origin around every widget. */
const SANDBOX = "/widgets/sandbox";

const isTexts = isListOf(isText);

/** What a page declares (`_meta.ui.csp`), or declares in ChatGPT's older words. */
function cspOf({ _meta }: ResourceContents): WidgetCsp {
  const csp = memberOf(memberOf(_meta, "ui", isObject), "csp", isObject);
  const older = memberOf(_meta, "openai/widgetCSP", isObject);
  return {
    connectDomains: memberOf(csp, "connectDomains", isTexts) ?? memberOf(older, "connect_domains", isTexts) ?? [],
    resourceDomains: memberOf(csp, "resourceDomains", isTexts) ?? memberOf(older, "resource_domains", isTexts) ?? [],
  };
}

const answerOf = ({ progress }: Run): CallAnswer | undefined =>
  progress.state === "answered" ? progress.answered.result : undefined;

const isSameView = (a: HostView, b: HostView): boolean =>
  a.theme === b.theme && a.displayMode === b.displayMode && a.locale === b.locale && a.maxHeight === b.maxHeight;

/** True for the message in which the host hands the result over. */
function handsOver({ from, message }: HostMessage): boolean {
  if (from !== "host") return false;
  const globals = memberOf(memberOf(message, "openai", isObject), "globals", isObject);
  return memberOf(message, "method", isText) === "ui/notifications/tool-result" || isObject(globals?.["toolOutput"]);
}

/** Calls back whenever the element has become wider or narrower; returns how to stop. */
function onWidth(element: HTMLElement, notify: () => void): () => void {
  let { clientWidth } = element;
  const observer = new ResizeObserver(() => {
    if (element.clientWidth === clientWidth) return;
    clientWidth = element.clientWidth;
    notify();
  });
  observer.observe(element);
  return () => observer.disconnect();
}

/** What the host shows, and what it hands over first. */
const factsOf = ({ kind, page, run, view, desk }: WidgetParts) => ({
  kind,
  view,
  sandboxUrl: SANDBOX,
  html: page.text ?? "",
  mimeType: page.mimeType ?? "",
  csp: cspOf(page),
  toolName: run.toolName,
  toolInput: run.args,
  toolResult: answerOf(run),
  widgetState: desk.states.get(run.id),
});

/** Shows a widget in an element, and keeps it up to date with its run and its view until it ends. */
export function showWidget(container: HTMLElement, first: WidgetParts): ShownWidget {
  const { run, desk } = first;
  const record = createWidgetRecorder(desk.log);
  let latest = first;
  let answer = answerOf(run);
  let repeated = false;

  const mounted = mountHost({
    ...factsOf(first),
    container,
    callTool: (name, args) => latest.desk.callTool(name, args),
    openLink: (url) => latest.desk.openLink(url),
    sendMessage: (text) => latest.desk.onSaid(text),
    keepState: (state) => void desk.states.set(run.id, state),
    onMessage: heard,
    onView: (view) => latest.desk.onView(view),
  });
  // The host tells its widget how much room there is whenever that changes.
  const stop = onWidth(container, () => mounted.update({}));

  function heard(message: HostMessage): void {
    record(message);
    if (!latest.twice || repeated || !handsOver(message)) return;
    repeated = true;
    queueMicrotask(() => mounted.sendResult(answer));
  }

  /** The widget learns that its call has ended without an answer. */
  function settle(): void {
    const { progress } = latest.run;
    if (progress.state === "ended") mounted.cancel(progress.reason.message);
  }
  settle();

  return {
    follow(parts) {
      const before = latest;
      latest = parts;
      if (!isSameView(mounted.view(), parts.view)) mounted.update(parts.view);
      if (parts.run === before.run) return;
      answer = answerOf(parts.run);
      repeated = false;
      if (answer === undefined) settle();
      else mounted.sendResult(answer);
    },
    end() {
      stop();
      void mounted.teardown();
    },
  };
}
