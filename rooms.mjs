/**
 * Who may import whom: a room (its path under src/) and the rooms that it may use.
 * What is absent is forbidden; a room always sees itself. `.dependency-cruiser.mjs` holds the code to this table.
 */
const everyServerRoom =
  "config/ kernel/ database/ http/ ledger/ accounts/ oauth/ toolsets/ concierge/ work/ channels/ adapters/ solana/";

/** @type {Readonly<Record<string, readonly string[]>>} */
export const rooms = {
  "kernel/": [],
  "ui/": [],
  "config/": ["kernel/"],
  "database/": ["kernel/"],
  "http/": ["kernel/"],
  "solana/": ["kernel/"],
  "adapters/": ["kernel/", "solana/"],
  "embedded/": ["kernel/", "solana/"],
  "ledger/": ["kernel/", "database/"],
  "work/": ["kernel/", "database/"],
  "concierge/": ["kernel/", "database/"],
  "accounts/": ["kernel/", "database/", "http/"],
  "oauth/": ["kernel/", "database/", "http/"],
  "toolsets/": ["kernel/", "database/", "solana/"],
  "channels/": ["kernel/", "http/"],
  "console/": ["ui/"],
  "app/": everyServerRoom.split(" "),
  "cli/": ["app/", "config/", "kernel/"],
};

/** Rooms whose folders never see each other: a wallet never imports an intent. */
export const islands = ["toolsets", "channels", "adapters", "embedded"];
