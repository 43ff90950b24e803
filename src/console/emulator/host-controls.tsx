import { type HostKind, type Theme, hostKinds } from "../../ui/emulated-host/host-kinds.ts";
import { Segments } from "../parts/segments.tsx";
import type { CallEnding, Conditions } from "./call-conditions.ts";
import type { EmulatedTool } from "./emulated-tool.ts";
import { type HostSettings, localesWith, modeTitles } from "./host-settings.ts";

interface HostControlsProps {
  readonly host: HostKind;
  readonly settings: HostSettings;
  readonly tool: EmulatedTool;
  readonly onHost: (host: HostKind) => void;
  readonly onSettings: (part: Partial<HostSettings>) => void;
}

const HOSTS: readonly { readonly value: HostKind; readonly words: string }[] = [
  { value: "chatgpt", words: hostKinds.chatgpt.title },
  { value: "claude", words: hostKinds.claude.title },
  { value: "mcp-apps", words: hostKinds["mcp-apps"].title },
];

const THEMES: readonly { readonly value: Theme; readonly words: string }[] = [
  { value: "light", words: "Light" },
  { value: "dark", words: "Dark" },
];

const WIDTHS: readonly { readonly value: HostSettings["width"]; readonly words: string }[] = [
  { value: "wide", words: "Wide" },
  { value: "phone", words: "Phone" },
];

const ENDINGS: readonly { readonly value: CallEnding; readonly words: string }[] = [
  { value: "answered", words: "answer" },
  { value: "failed", words: "fail" },
  { value: "denied", words: "are denied by the host" },
  { value: "silent", words: "never answer" },
];

interface SwitchProps {
  readonly title: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

const Switch = ({ title, on, onChange }: SwitchProps) => (
  <label className="host-switch">
    <input type="checkbox" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
    {title}
  </label>
);

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly words: string }[];
  readonly onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <label className="host-choice">
      <span>{label}</span>
      <select
        className="choice"
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = options.find((option) => option.value === currentTarget.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What goes wrong at the moment, so that nobody forgets it folded away. */
function spokenOf({ ending, late, twice }: Conditions): string {
  const calls = ENDINGS.find(({ value }) => value === ending)?.words ?? ending;
  const spoken = [ending === "answered" ? "" : `calls ${calls}`, late ? "3 s late" : "", twice ? "twice" : ""];
  const wrong = spoken.filter(Boolean).join(", ");
  return wrong === "" ? "" : ` (${wrong})`;
}

/** What is to go wrong, and what else a host decides. Folded away: the first look is at the widget. */
function MoreControls({ host, settings, tool, onSettings }: Omit<HostControlsProps, "onHost">) {
  const { conditions, locale, older } = settings;
  const change = (part: Partial<HostSettings["conditions"]>): void =>
    onSettings({ conditions: { ...conditions, ...part } });
  return (
    <details className="more-controls">
      <summary>
        When things go wrong, and more<strong>{spokenOf(conditions)}</strong>
      </summary>
      <div className="more-controls-list">
        <Choice label="Calls" value={conditions.ending} options={ENDINGS} onChange={(ending) => change({ ending })} />
        <Switch title="Every answer 3 s late" on={conditions.late} onChange={(late) => change({ late })} />
        <Switch title="Every result twice" on={conditions.twice} onChange={(twice) => change({ twice })} />
        <Choice
          label="Language"
          value={locale}
          options={localesWith(navigator.language)}
          onChange={(next) => onSettings({ locale: next })}
        />
        {host === "chatgpt" && tool.appUri !== null && tool.olderUri !== null && (
          <Switch title="Older page (window.openai alone)" on={older} onChange={(on) => onSettings({ older: on })} />
        )}
      </div>
    </details>
  );
}

/** Which host. */
export const HostSegments = ({ host, onHost }: Pick<HostControlsProps, "host" | "onHost">) => (
  <Segments title="Host" value={host} options={HOSTS} onChoose={onHost} />
);

/** Which host, and how it shows the widget. */
export function HostControls(props: HostControlsProps) {
  const { host, settings, onHost, onSettings } = props;
  const modes = hostKinds[host].displayModes.map((value) => ({ value, words: modeTitles[value] }));
  return (
    <div className="host-controls">
      <HostSegments host={host} onHost={onHost} />
      <div className="host-look">
        <Segments title="Theme" value={settings.theme} options={THEMES} onChoose={(theme) => onSettings({ theme })} />
        <Segments title="Width" value={settings.width} options={WIDTHS} onChoose={(width) => onSettings({ width })} />
        {modes.length > 1 && (
          <Segments
            title="Display mode"
            value={settings.displayMode}
            options={modes}
            onChoose={(displayMode) => onSettings({ displayMode })}
          />
        )}
      </div>
      <MoreControls {...props} />
    </div>
  );
}
