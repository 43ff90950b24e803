import { useComputedColorScheme } from "@mantine/core";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { HostKind } from "../../ui/emulated-host/host-kinds.ts";
import { PageHeading } from "../parts/page-heading.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { type EmulatedTool, emulatedTool } from "./emulated-tool.ts";
import type { EmulatorSearch } from "./emulator-search.ts";
import { HostControls, HostSegments } from "./host-controls.tsx";
import { type HostSettings, initialSettings } from "./host-settings.ts";
import { type McpClient, createMcpClient } from "./mcp-client.ts";
import type { CallAnswer, Fields } from "./mcp-messages.ts";
import { MessageList } from "./message-list.tsx";
import { type MessageLog, createMessageLog } from "./message-log.ts";
import { CallList } from "./call-list.tsx";
import { Stage } from "./stage.tsx";
import { ToolForm } from "./tool-form.tsx";
import { ToolPicker } from "./tool-picker.tsx";
import { useRun } from "./use-run.ts";

const wallClock = (): number => Date.now();
const stopwatch = (): number => performance.now();
const send = (path: string, init: RequestInit): Promise<Response> => fetch(path, init);

/** The host and the tool stand in the page's address. */
function useAddress() {
  const search = useSearch({ from: "/signed-in/emulator" });
  const navigate = useNavigate();
  return {
    host: search.host ?? "chatgpt",
    toolName: search.tool,
    go: (part: EmulatorSearch) =>
      void navigate({ to: "/emulator", search: { ...search, ...part }, replace: true, resetScroll: false }),
  };
}

interface WorkbenchProps {
  readonly host: HostKind;
  readonly tools: readonly EmulatedTool[];
  readonly tool: EmulatedTool;
  readonly client: McpClient;
  readonly log: MessageLog;
  readonly onGo: (part: EmulatorSearch) => void;
  readonly onReload: () => void;
}

/** How the host shows things; in the beginning as the console itself looks. */
function useSettings() {
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const [settings, setSettings] = useState<HostSettings>(() => initialSettings(scheme, navigator.language));
  return [settings, (part: Partial<HostSettings>): void => setSettings((before) => ({ ...before, ...part }))] as const;
}

/** What is asked on one side, what people see on the other, and every message beside it. */
function Workbench({ host, tools, tool, client, log, onGo, onReload }: WorkbenchProps) {
  const [settings, change] = useSettings();
  const { run, calls, start, stop, clear, call } = useRun({ client, host, conditions: settings.conditions });
  const shown = run?.toolName === tool.name ? run : null;

  async function callTool(name: string, args: Fields): Promise<CallAnswer> {
    const called = tools.find((one) => one.name === name);
    if (called && !called.widgetsMayCall(host)) throw new Error(`${name} is not offered to widgets.`);
    return (await call(name, args)).result;
  }

  function choose({ name }: EmulatedTool): void {
    clear();
    onGo({ tool: name });
  }

  return (
    <div className="workbench">
      <div className="workbench-ask stack is-wide">
        <ToolPicker tools={tools} chosen={tool} onChoose={choose} />
        <AboutTool tool={tool} />
        <ToolForm
          tool={tool}
          running={shown?.progress.state === "running"}
          onCall={(args, words) => void start(tool, args, words)}
          onStop={stop}
        />
      </div>
      <div className="workbench-stage stack">
        <HostControls
          host={host}
          settings={settings}
          tool={tool}
          onHost={(next) => onGo({ host: next })}
          onSettings={change}
        />
        {shown === null ? (
          <NothingYet tool={tool} />
        ) : (
          <Stage
            key={shown.id}
            {...{ host, settings, tool, client, log, callTool, onReload }}
            run={shown}
            onSettings={change}
          />
        )}
        <CallList calls={calls} />
      </div>
      <div className="workbench-messages">
        <MessageList log={log} />
      </div>
    </div>
  );
}

const AboutTool = ({ tool }: { readonly tool: EmulatedTool }) => (
  <div className="stack is-tight">
    <p>{tool.description}</p>
    <p className="small quiet">{tool.effect}.</p>
  </div>
);

/** Before the first call. */
const NothingYet = ({ tool }: { readonly tool: EmulatedTool }) => (
  <div className="stage-empty quiet">
    <p>Call “{tool.title}” to see what people will see.</p>
  </div>
);

/** A host through which nothing is offered; the others are a step away. */
const NoTools = ({ host, onGo }: Pick<WorkbenchProps, "host" | "onGo">) => (
  <section className="sheet stack" aria-labelledby="no-tools">
    <h2 id="no-tools">No tools here</h2>
    <p>The server offers no tool through this host. Look at another one, or add a tool to a toolset.</p>
    <HostSegments host={host} onHost={(next) => onGo({ host: next })} />
  </section>
);

/** Every tool and widget as ChatGPT, Claude and a plain MCP Apps host show them, with the messages between them. */
export function EmulatorPage() {
  const { host, toolName, go } = useAddress();
  const queries = useQueryClient();
  const [log] = useState(() => createMessageLog(wallClock));
  const client = useMemo(() => createMcpClient({ host, log, send, now: stopwatch }), [host, log]);
  const tools = useQuery({
    queryKey: ["emulator", "tools", host],
    queryFn: async ({ signal }) => (await client.listTools(signal)).map(emulatedTool),
    // While another host's tools are read, what is on the page stays there.
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const tool = tools.data?.find(({ name }) => name === toolName) ?? tools.data?.[0];
  const reload = (): void => void queries.refetchQueries({ queryKey: ["emulator"], type: "active" });
  return (
    <div className="emulator stack is-wide">
      <div>
        <PageHeading title="Emulator" />
        <p className="lead">
          Call a tool and see its widget as ChatGPT, Claude and any MCP Apps host show it. The calls are real: they act
          for you and leave receipts.
        </p>
      </div>
      {tools.isPending && <Waiting rows={3} height={120} />}
      {tools.isError && <Trouble error={tools.error} onRetry={() => void tools.refetch()} />}
      {tools.data && !tool && <NoTools host={host} onGo={go} />}
      {tools.data && tool && (
        <Workbench {...{ host, tool, client, log }} tools={tools.data} onGo={go} onReload={reload} />
      )}
    </div>
  );
}
