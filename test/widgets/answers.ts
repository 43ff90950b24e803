/** Answers as our tools give them: the whole result, with what a host passes on to the widget. */

const meta = { "bellhop/receiptId": "01900000-0000-7000-8000-000000000001" };

/** A result as the server encodes it. */
export const resultOf = (text: string, structuredContent: Readonly<Record<string, unknown>>) => ({
  content: [{ type: "text", text }],
  structuredContent,
  _meta: meta,
});

/** A failed call as the server encodes it. */
export const failureOf = (text: string, code = "conflict") => ({
  isError: true,
  content: [{ type: "text", text }],
  _meta: { ...meta, "bellhop/error": { code, message: text } },
});

const item = (id: string, title: string, description: string, status = "open") => ({
  id,
  title,
  description,
  actionable: status === "open",
  metadata: { status, changedAt: null, actions: ["approve", "reject", "archive"] },
});

/** `get-items`: four that wait and one that is approved. */
export const items = resultOf("5 items.", {
  items: [
    item("travel-lisbon", "Trip to Lisbon", "Two nights for the partner meeting in May, 412 euros with the train."),
    item(
      "invoice-2041",
      "Invoice 2041",
      "Translation of the user guide into Portuguese, 1,180 euros, due on the 30th.",
    ),
    item(
      "access-analytics",
      "Access to analytics",
      "A new colleague in marketing asks to read last quarter's figures.",
      "approved",
    ),
    item(
      "order-chairs",
      "Order of six chairs",
      "For the meeting room on the second floor, 930 euros, delivered within two weeks.",
    ),
    item(
      "newsletter-june",
      "Newsletter for June",
      "The draft about the new booking page waits for someone to read it.",
    ),
  ],
});

/** `perform-item-action`, carried out. */
export const decided = (itemId: string, action: string, status: string) =>
  resultOf(`${itemId} is now ${status}.`, {
    success: true,
    itemId,
    action,
    result: { previousStatus: "open", status },
  });

/** `extract_intent`: three intents, one of them kept before and one from a link, and all that it remarks. */
export const intents = resultOf("Three intents.", {
  intents: [
    {
      id: "01900000-0000-7000-8000-00000000000a",
      payload: "Find a Rust engineer in Berlin for embedded work, from March on",
      summary: null,
      createdAt: "2026-11-20T09:30:00.000Z",
      quote: "I'm looking for a Rust engineer in Berlin who knows embedded work",
      alreadyStored: false,
    },
    {
      id: "01900000-0000-7000-8000-00000000000b",
      payload: "Offer two desks in our office in Kreuzberg",
      summary: "Two desks in Kreuzberg to give",
      createdAt: "2026-05-02T09:30:00.000Z",
      quote: "we have two desks free in Kreuzberg",
      alreadyStored: true,
    },
    {
      id: "01900000-0000-7000-8000-00000000000c",
      payload: "Meet teams that build satellite radios",
      summary: null,
      createdAt: "2026-11-20T09:30:00.000Z",
      quote: "I would love to meet teams that build satellite radios",
      alreadyStored: false,
      sourceType: "link",
      sourceName: "Our blog",
      sourceValue: "https://blog.example.com/radios?utm=1#top",
    },
  ],
  filesProcessed: 1,
  linksProcessed: 1,
  intentsGenerated: 3,
  engine: "host",
  suggestions: [
    { section: "rawText", quote: "It would be nice to have someone for the newsletter, some day.", from: 10, to: 70 },
    { section: "rawText", quote: "Maybe a second printer.", from: 80, to: 103 },
  ],
  suggestionsLeftOut: 2,
  rejected: [{ payload: "Buy a boat", reason: "The quote is not in the text." }],
  truncated: [{ section: "rawText", from: 4987, to: 12_310 }],
});

/** `archive_intent`, carried out. */
export const archived = (intentId: string, isArchived: boolean) =>
  resultOf(isArchived ? "Archived." : "Active again.", { intentId, archived: isArchived });

export const echoed = resultOf("hello", { text: "A bell, a desk,\nand someone who listens. 🛎️" });
