import { useQuery } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import { LookChoice } from "../parts/look-switch.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { sessionQuery } from "../queries.ts";
import { Identities } from "../settings/identities.tsx";
import { Notices } from "../settings/notices.tsx";
import { Passkeys } from "../settings/passkeys.tsx";
import { Profile } from "../settings/profile.tsx";
import { Sessions } from "../settings/sessions.tsx";
import { YourData } from "../settings/your-data.tsx";

const Look = () => (
  <section className="sheet line" aria-labelledby="look">
    <h2 id="look">Look</h2>
    <LookChoice />
  </section>
);

/** The person's own account: name, look, ways to sign in, sessions, data. */
export function SettingsPage() {
  const { api } = useParts();
  const { data: user } = useQuery(sessionQuery(api));
  // The frame shows this page only to a signed-in person; between two frames there may be none.
  if (!user) return null;
  return (
    <div className="stack is-wide">
      <div>
        <PageHeading title="Settings" />
        <p className="lead">Your name, how you sign in and are told, and what is kept of you.</p>
      </div>
      <div className="stack">
        <Profile key={user.id} user={user} />
        <Look />
        <Identities user={user} />
        <Passkeys />
        <Notices />
        <Sessions />
        <YourData user={user} />
      </div>
    </div>
  );
}
