import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import { channelName } from "../parts/channels.ts";
import { Segments } from "../parts/segments.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { Words } from "../parts/words.tsx";
import { AdminPage } from "./admin-page.tsx";
import { channelsQuery } from "./admin-queries.ts";
import type { Channel } from "./contract.ts";
import { type Decision, DecisionDialog } from "./decision.tsx";

const offered = ({ offered: everyAccount }: Channel): string =>
  everyAccount
    ? "Every account has it, unless you set something else for one."
    : "Only accounts that you switch it on for have it.";

function Rows({
  channels,
  onSwitch,
}: {
  readonly channels: readonly Channel[];
  readonly onSwitch: (channel: Channel) => void;
}) {
  return (
    <ul className="sheet lines" aria-label="Channels">
      {channels.map((channel) => (
        <li className="line" key={channel.channel}>
          <div>
            <h2>
              <Words text={channelName(channel.channel)} />
            </h2>
            <p className="small quiet">{channel.enabled ? offered(channel) : "Off for everyone."}</p>
          </div>
          <Segments
            title={channelName(channel.channel)}
            options={[
              { value: "on", words: "On" },
              { value: "off", words: "Off" },
            ]}
            value={channel.enabled ? "on" : "off"}
            onChoose={() => onSwitch(channel)}
          />
        </li>
      ))}
    </ul>
  );
}

/** The channels, for everyone at once. */
export function ChannelsPage() {
  const { api } = useParts();
  const channels = useQuery(channelsQuery(api));
  const [decision, setDecision] = useState<Decision | null>(null);
  const ask = ({ channel, enabled }: Channel): void => {
    const name = channelName(channel);
    setDecision({
      title: `Switch ${name} ${enabled ? "off" : "on"} for everyone?`,
      about: enabled
        ? "Its next call is refused, for every account, and nobody can link by it. Links stay, and work again once you switch it on."
        : "Links by it work again, for every account that has it.",
      keep: "Leave it",
      confirm: `Switch ${enabled ? "off" : "on"}`,
      done: `${name} is ${enabled ? "off" : "on"}.`,
      act: (passkey) => api.admin.setChannel({ channel, enabled: !enabled }, passkey),
    });
  };
  return (
    <AdminPage title="Channels" lead="Where assistants come from. For one account alone, go to People.">
      {channels.isPending && <Waiting rows={4} height={72} />}
      {channels.isError && <Trouble error={channels.error} onRetry={() => void channels.refetch()} />}
      {channels.data && <Rows channels={channels.data} onSwitch={ask} />}
      <DecisionDialog decision={decision} onClose={() => setDecision(null)} />
    </AdminPage>
  );
}
