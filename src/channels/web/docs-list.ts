/** A page of the documentation, as it is listed. */
export interface DocsEntry {
  /** Its file in docs/ without the ending, and its place under `/docs/`. */
  readonly name: string;
  /** One line that says what is in it. */
  readonly summary: string;
}

/** The pages that are served, in the order in which to read them. */
export const docsList: readonly DocsEntry[] = [
  { name: "first-ten-minutes", summary: "Start a server, link an assistant, make a call, and see its receipt." },
  { name: "add-a-tool", summary: "A tool in one file of twenty lines: what each line does, and how to test it." },
  { name: "add-a-widget", summary: "Show a tool's answer as a page inside ChatGPT, Claude and other MCP Apps hosts." },
  { name: "how-it-works", summary: "The way of a link and of a call: sign-in, tokens, the one door, receipts, data." },
  { name: "sign-in", summary: "Who people are: codes by mail, an OpenID provider, Supabase, Privy, and their tokens." },
  { name: "clients", summary: "Who may link: documents, registration, clients with a secret, and how they end." },
  {
    name: "authorization",
    summary: "Every address of the authorization server, its tokens, and the keys that sign them.",
  },
  { name: "administration", summary: "Administrators, what they can stop at once, and why a link failed." },
  { name: "tiers", summary: "Plans: who has which tool, how much of it, and how your billing says so." },
  { name: "limits", summary: "What is counted, for whom, and why no stranger locks anyone out." },
  { name: "approvals", summary: "The person decides: what is asked, what is bound to what, and calls that run once." },
  { name: "spending", summary: "What assistants may spend, who may be paid, and the button that stops everything." },
  { name: "troubleshooting", summary: "When linking fails: run the doctor; what each of its checks looks at." },
  { name: "passkeys", summary: "What needs more than a click: a fresh sign-in or a passkey, and how each is proven." },
  { name: "notices", summary: "How people are told of what waits for them: by mail, and in their browsers." },
  { name: "jobs", summary: "Work that goes on by itself: how it stands, its files, cancelling, and the workers." },
  { name: "receipts", summary: "What a receipt proves and what not, and how to verify a file of them offline." },
  { name: "settings", summary: "Every setting, its default and an example." },
  { name: "decisions", summary: "What was chosen, why, and what it costs." },
];
