/** What is the same for everyone about an item. */
export interface StarterItem {
  /** Stable: it names the item in stored decisions. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** The list that everyone starts with: enough to try every action and the filter. */
export const starterItems: readonly StarterItem[] = [
  {
    id: "travel-lisbon",
    title: "Trip to Lisbon",
    description: "Two nights for the partner meeting in May, 412 euros with the train.",
  },
  {
    id: "invoice-2041",
    title: "Invoice 2041",
    description: "Translation of the user guide into Portuguese, 1,180 euros, due on the 30th.",
  },
  {
    id: "access-analytics",
    title: "Access to analytics",
    description: "A new colleague in marketing asks to read last quarter's figures.",
  },
  {
    id: "order-chairs",
    title: "Order of six chairs",
    description: "For the meeting room on the second floor, 930 euros, delivered within two weeks.",
  },
  {
    id: "newsletter-june",
    title: "Newsletter for June",
    description: "The draft about the new booking page waits for someone to read it.",
  },
];
