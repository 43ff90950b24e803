import type { Limit, LimitsPort } from "../kernel/ports/limits.ts";

const MINUTES = 60;
const DAY = 24 * 60 * MINUTES;

/*
 * Asking is limited for an email address and a client's network together, so that a stranger who asks in someone's name
 * uses up their own share and not that person's. The limit over all networks only stops a flood from many: each code
 * bears 5 tries of a million, so 40 codes in six hours let strangers guess one address with a chance of 0.08 % a day, and
 * no more than 160 unwanted messages a day reach anyone, 20 of them from one network. It ends after six hours, and never
 * holds up a browser in which the address was proven before: that one has a share of its own, which no stranger can use.
 * Limits by client address alone leave room for an office behind one address.
 */
/** Codes asked for one email address from one network. */
export const codesForAddress: Limit = { name: "sign-in-code-address", points: 5, seconds: 10 * MINUTES };
/** The same over a day. */
export const codesForAddressDaily: Limit = { name: "sign-in-code-address-day", points: 20, seconds: DAY };
/** Codes asked for one email address, from everywhere. */
export const codesForAddressAnywhere: Limit = { name: "sign-in-code-address-anywhere", points: 40, seconds: DAY / 4 };
/** Codes asked in one browser for the address that was proven there before. */
export const codesInKnownBrowser: Limit = { name: "sign-in-code-browser", points: 5, seconds: 10 * MINUTES };
/** The same over a day. */
export const codesInKnownBrowserDaily: Limit = { name: "sign-in-code-browser-day", points: 20, seconds: DAY };
/** Codes asked from one client address. */
export const codesFromClient: Limit = { name: "sign-in-code-client", points: 60, seconds: 10 * MINUTES };
/** Proofs, right or wrong, handed in from one client address. */
export const proofsFromClient: Limit = { name: "sign-in-proof-client", points: 120, seconds: 10 * MINUTES };
/** Tries, right or wrong, of one code that a provider has sent; it ends long before a day is over. */
export const triesOfProviderCode: Limit = { name: "sign-in-provider-code-tries", points: 5, seconds: DAY };
/** People sent to a provider from one client address. */
export const departuresFromClient: Limit = { name: "sign-in-departure-client", points: 120, seconds: 10 * MINUTES };

/**
 * Takes what one code costs, whoever sends it.
 * @param address normalised. @param client where the request came from.
 * @param browser names the browser where this address was proven before in it.
 * @throws AppError `rate_limited`.
 */
export async function takeCodeLimits(
  limits: LimitsPort,
  address: string,
  client: string,
  browser: string | null = null,
): Promise<void> {
  await limits.take(codesFromClient, client);
  if (browser !== null) {
    await limits.take(codesInKnownBrowser, browser);
    await limits.take(codesInKnownBrowserDaily, browser);
    return;
  }
  // What every network shares comes last, so that who is refused before takes nothing of it.
  const asker = JSON.stringify([address, client]);
  await limits.take(codesForAddress, asker);
  await limits.take(codesForAddressDaily, asker);
  await limits.take(codesForAddressAnywhere, address);
}
