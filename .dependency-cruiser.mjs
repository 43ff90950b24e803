import { islands, rooms } from "./rooms.mjs";

const widget = "\\.widget\\.tsx$";
/** A test looks behind the curtain (into tables, say) and runs on Node; in all else it keeps to its room. */
const test = "\\.test\\.tsx?$";
/** A path that a rule names: `config.ts` is a file, `kernel/` a folder. */
const at = (/** @type {string} */ room) => `^src/${room.replace(".", "\\.")}${room.endsWith("/") ? "" : "$"}`;
const forbid = (/** @type {string} */ name, /** @type {object} */ from, /** @type {object} */ to) => ({
  name,
  severity: /** @type {const} */ ("error"),
  from,
  to,
});

const homeless = { path: "^src/", pathNot: Object.keys(rooms).map(at) };

/** The console sees other rooms as types only, so its row is held by its own rule below. */
const byValue = Object.entries(rooms).filter(([room]) => room !== "console/");

/** @type {import("dependency-cruiser").IConfiguration} */
const configuration = {
  forbidden: [
    forbid("no-cycles", {}, { circular: true }),
    // What imports, what is imported, and what does neither: a rule sees only one of the three.
    forbid("every-file-has-a-room", homeless, {}),
    forbid("every-file-has-a-room", {}, homeless),
    forbid("every-file-has-a-room", { ...homeless, orphan: true }, {}),
    ...byValue.map(([room, may]) =>
      forbid(`room ${room}`, { path: at(room), pathNot: widget }, { path: "^src/", pathNot: [room, ...may].map(at) }),
    ),
    forbid(
      "siblings-are-islands",
      { path: `^src/(${islands.join("|")})/([^/]+)/` },
      { path: "^src/$1/[^/]+/", pathNot: "^src/$1/$2/" },
    ),
    forbid(
      "server-never-loads-a-widget",
      { path: "^src/", pathNot: [widget, at("ui/"), at("console/")] },
      { path: widget },
    ),
    forbid(
      "widgets-see-ui",
      { path: widget },
      { path: "^src/", pathNot: [at("ui/"), widget], dependencyTypesNot: ["type-only"] },
    ),
    forbid(
      "widget-types-are-its-own",
      { path: `^src/toolsets/([^/]+)/.*${widget}` },
      { path: "^src/", pathNot: [at("ui/"), "^src/toolsets/$1/"] },
    ),
    forbid(
      "console-sees-types-only",
      { path: at("console/") },
      { path: "^src/", pathNot: [at("ui/"), at("console/")], dependencyTypesNot: ["type-only"] },
    ),
    forbid(
      "browser-has-no-node",
      { path: [at("ui/"), at("console/"), widget], pathNot: test },
      { dependencyTypes: ["core"] },
    ),
    forbid(
      "sql-lives-with-its-owner",
      { path: "^src/", pathNot: [at("database/"), "/records/", test] },
      { path: "(^|/)node_modules/kysely/" },
    ),
    forbid("resolvable", { path: "^src/" }, { couldNotResolve: true }),
  ],
  options: {
    // Without swc nothing of TypeScript 7 is read and every check is a false green; test/rooms.test.ts counts the modules.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js", ".mjs"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};

export default configuration;
