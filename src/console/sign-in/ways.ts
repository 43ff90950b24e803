import type { SignInOptions } from "../contract.ts";

/** One choice on the sign-in page. */
export type Way = SignInOptions["providers"][number];

/** The ways of one kind, in the server's order. */
export const waysOf = ({ providers }: SignInOptions, kind: Way["way"]): readonly Way[] =>
  providers.filter(({ way }) => way === kind);

/** The providers behind a list of ids: of `supabase` also its doors, such as `supabase-google`. */
export const only = (options: SignInOptions, ids: readonly string[]): SignInOptions => ({
  ...options,
  providers: options.providers.filter(({ id }) => ids.some((wanted) => id === wanted || id.startsWith(`${wanted}-`))),
});
