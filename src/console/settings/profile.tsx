import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useParts } from "../console-parts.ts";
import type { User } from "../contract.ts";
import { Trouble } from "../parts/trouble.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { sessionQuery } from "../queries.ts";
import { useToasts } from "../toasts/toasts.ts";

/** Longest name that the server keeps. */
const LONGEST = 80;

/** How the person wants to be called. */
export function Profile({ user }: { readonly user: User }) {
  const { api } = useParts();
  const queries = useQueryClient();
  const toasts = useToasts();
  const [name, setName] = useState(user.displayName ?? "");
  const put = (changed: User): void => void queries.setQueryData(sessionQuery(api).queryKey, changed);
  const save = useMutation({
    mutationFn: () => api.rename(name.trim() || null),
    onSuccess: (changed) => {
      put(changed);
      setName(changed.displayName ?? "");
      toasts.show({ words: "Saved.", undo: () => api.rename(user.displayName).then(put) });
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <section className="sheet stack" aria-labelledby="profile">
      <h2 id="profile">Profile</h2>
      <form className="stack" onSubmit={submit}>
        <div className="field-line">
          <TextInput
            label="Name"
            description="How these pages call you. May stay empty."
            name="name"
            autoComplete="name"
            dir="auto"
            maxLength={LONGEST}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <WorkButton type="submit" variant="default" working={save.isPending}>
            Save
          </WorkButton>
        </div>
        {save.isError && <Trouble error={save.error} />}
      </form>
    </section>
  );
}
