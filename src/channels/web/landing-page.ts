import { type ConnectFacts, connectWays, pasteValue } from "./connect-ways.ts";
import { type Site, siteResponse } from "./site-page.ts";

const PROMISES = [
  [
    "You allow it",
    "Before it acts, the assistant sends you here to sign in. You see what it asks for, and you decide.",
  ],
  ["You see it", "Every call leaves a receipt: which assistant, what it did, when, and how it ended."],
  ["You end it", "Revoke a link at any time. The next call is refused."],
] as const;

const promise = ([title, text]: (typeof PROMISES)[number]): string => `<div><h3>${title}</h3><p>${text}</p></div>`;

/** The first page: what this is, and how an assistant is connected. */
export function landingPage(site: Site, facts: ConnectFacts): Response {
  const body = `<div class="hero">
<div>
<h1>Your account, in the assistant you already use</h1>
<p class="lead">Link it once to ChatGPT, Claude or another assistant. From then on the assistant can act for you here, within what you allow.</p>
</div>
<div class="address">
<p>Give your assistant this address:</p>
${pasteValue(facts.mcpUrl, "the address", true)}
</div>
<p><a href="/app">See your links and receipts</a></p>
</div>
<section class="promises" aria-labelledby="promises"><h2 id="promises" class="unseen">What to expect</h2>${PROMISES.map(promise).join("")}</section>
<section aria-labelledby="connect">
<h2 id="connect">Connect an assistant</h2>
${connectWays(facts)}
</section>`;
  const description = "Link your account to ChatGPT, Claude or another assistant, and see what it does for you.";
  return siteResponse(site, { title: "Bellhop", description, current: null, body });
}
