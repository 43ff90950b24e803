import { useState } from "react";
import { legible } from "../legible.ts";
import { useOpenAi } from "../use-open-ai.ts";
import { TroubleNote } from "./trouble-note.tsx";

/** Opens an address through the host, which asks the person where it must. What is shown is the host that it leads to. */
export function SourceLink({ address }: { readonly address: URL }) {
  const { openLink } = useOpenAi();
  const [refused, setRefused] = useState(false);
  return (
    <>
      <button
        type="button"
        className="link small"
        onClick={() => {
          setRefused(false);
          openLink(address.href).catch(() => setRefused(true));
        }}
      >
        Open {legible(address.host, 60)}
      </button>
      {refused && <TroubleNote heading="The assistant did not open it." reason={address.href} />}
    </>
  );
}
