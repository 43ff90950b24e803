import type { HumanCheck } from "../kernel/ports/human-check.ts";
import type { IdentityProvider } from "../kernel/ports/identity.ts";

/** What a sign-in code is asked for with: a check of another page's button does not count. */
export const CODE_ACTION = "sign-in-code";

/** One choice on the sign-in page, and how it is taken. */
interface WayView {
  readonly id: string;
  readonly title: string;
  /** By a code in a mail, at the provider's pages, by its script in our page, or in an app that has a token already. */
  readonly way: "code" | "redirect" | "script" | "elsewhere";
  /** The way of `script`. */
  readonly script?: { readonly url: string; readonly appId: string };
}

function waysOf({ id, title, codes, redirect, script, takesTokens }: IdentityProvider): readonly WayView[] {
  const ways: WayView[] = [
    ...(codes ? [{ id, title: codes.title, way: "code" } as const] : []),
    ...(redirect?.doors ?? []).map((door) => ({ ...door, way: "redirect" }) as const),
    ...(script ? [{ id, title, way: "script", script } as const] : []),
  ];
  return ways.length === 0 && takesTokens ? [{ id, title, way: "elsewhere" }] : ways;
}

/** `GET /api/sign-in`: what the page offers. @param email whether codes of our own are sent. */
export const signInOptions = (
  providers: readonly IdentityProvider[],
  { email, localMailbox, humanCheck }: { email: boolean; localMailbox: boolean; humanCheck: HumanCheck | undefined },
) => ({
  providers: [...(email ? [{ id: "email", title: "Email", way: "code" } as const] : []), ...providers.flatMap(waysOf)],
  localMailbox: email && localMailbox,
  humanCheck: humanCheck ? { ...humanCheck.page, action: CODE_ACTION } : null,
});
