import { cruise } from "dependency-cruiser";
import configuration from "../../.dependency-cruiser.mjs";
import { rooms } from "../../rooms.mjs";
import { root } from "./paths.mjs";

/** The room of a path under src/: `kernel` of `src/kernel/ids.ts`. */
const roomOf = (/** @type {string} */ path) => (path.endsWith(".widget.tsx") ? "widgets" : (path.split("/")[1] ?? ""));

const isOurs = (/** @type {string} */ path) => path.startsWith("src/") && !/\.test\.tsx?$/.test(path);

/** Every pair of rooms of which the first imports from the second, as the code stands. */
async function importsBetweenRooms() {
  const { output } = await cruise(["src"], { ...configuration.options, baseDir: root });
  if (typeof output === "string") throw new Error(output);
  const pairs = output.modules
    .filter(({ source }) => isOurs(source))
    .flatMap(({ source, dependencies }) =>
      dependencies
        .filter(({ resolved }) => isOurs(resolved) && roomOf(resolved) !== roomOf(source))
        .map(({ resolved }) => `${roomOf(source)} ${roomOf(resolved)}`),
    );
  return [...new Set(pairs)].toSorted().map((pair) => pair.split(" "));
}

/**
 * A Mermaid picture of the rooms and of who imports whom, read from the code.
 * Arrows to `kernel` are left out: every server room has one, and they would hide the rest.
 */
export async function roomsPicture() {
  const order = [...Object.keys(rooms).map((room) => room.replace("/", "")), "widgets"];
  const arrows = await importsBetweenRooms();
  const present = order.filter((room) => arrows.some((pair) => pair.includes(room)));
  const id = (/** @type {string | undefined} */ room) => (room ?? "").replace(".", "_");
  return [
    "```mermaid",
    "flowchart TD",
    ...present.map((room) => `  ${id(room)}[${room}]`),
    ...arrows.filter(([, to]) => to !== "kernel").map(([from, to]) => `  ${id(from)} --> ${id(to)}`),
    "```",
  ].join("\n");
}
