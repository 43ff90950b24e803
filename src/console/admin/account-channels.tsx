import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import type { PasskeyAnswer } from "../contract.ts";
import { channelName } from "../parts/channels.ts";
import { Segments } from "../parts/segments.tsx";
import { AfterSignIn, needsFreshSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { Words } from "../parts/words.tsx";
import { ADMIN, channelsQuery } from "./admin-queries.ts";
import type { Account, Channel } from "./contract.ts";
import { PersonDialog } from "./person-dialog.tsx";

type Choice = "default" | "on" | "off";

const enabledBy: Readonly<Record<Choice, boolean | null>> = { default: null, on: true, off: false };

/** What a channel is for an account, and why. */
const about = ({ enabled, offered }: Channel): string =>
  enabled ? `Default: ${offered ? "on" : "off"}` : "Off for everyone, whatever is set here";

function choiceOf(account: Account, name: string): Choice {
  const set = account.channels.find(({ channel }) => channel === name);
  if (!set) return "default";
  return set.enabled ? "on" : "off";
}

function Row({ account, channel }: { readonly account: Account; readonly channel: Channel }) {
  const { api } = useParts();
  const queries = useQueryClient();
  const name = channelName(channel.channel);
  const set = useMutation({
    mutationFn: ({ choice, passkey }: { readonly choice: Choice; readonly passkey?: PasskeyAnswer | undefined }) =>
      api.admin.setChannel({ channel: channel.channel, enabled: enabledBy[choice], userId: account.id }, passkey),
    onSuccess: () => queries.invalidateQueries({ queryKey: [ADMIN] }),
  });
  const shown = set.isPending ? set.variables.choice : choiceOf(account, channel.channel);
  const again = {
    ...set,
    mutate: (passkey?: PasskeyAnswer) => set.variables && set.mutate({ ...set.variables, passkey }),
  };
  if (needsFreshSignIn(set.error))
    return (
      <li>
        <AfterSignIn act={again} back={{ to: "/admin/people" }}>
          {null}
        </AfterSignIn>
      </li>
    );
  return (
    <li className="line">
      <div>
        <p>
          <Words text={name} />
        </p>
        <p className="small quiet">{about(channel)}</p>
      </div>
      <Segments
        title={name}
        options={[
          { value: "default", words: "Default" },
          { value: "on", words: "On" },
          { value: "off", words: "Off" },
        ]}
        value={shown}
        onChoose={(choice) => set.mutate({ choice })}
      />
      {set.isError && <Trouble error={set.error} />}
    </li>
  );
}

function Rows({ account }: { readonly account: Account }) {
  const { api } = useParts();
  const channels = useQuery(channelsQuery(api));
  if (channels.isPending) return <Waiting rows={4} height={56} />;
  if (channels.isError) return <Trouble error={channels.error} onRetry={() => void channels.refetch()} />;
  return (
    <ul className="lines" aria-label="Channels">
      {channels.data.map((channel) => (
        <Row key={channel.channel} account={account} channel={channel} />
      ))}
    </ul>
  );
}

interface AccountChannelsProps {
  /** Whose channels are looked at; null while none are. */
  readonly account: Account | null;
  readonly onClose: () => void;
}

/** The channels of one account. Each choice holds from the next call on. */
export function AccountChannels({ account, onClose }: AccountChannelsProps) {
  return (
    <PersonDialog what="Channels" account={account} onClose={onClose}>
      {(shown) => <Rows account={shown} />}
    </PersonDialog>
  );
}
