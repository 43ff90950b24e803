import { retired } from "../../src/config/retired.ts";
import { settings } from "../../src/config/settings.ts";

/** @typedef {import("../../src/config/settings.ts").Setting} Setting */

const groups = [...new Set(settings.map(({ group }) => group))];
const ofGroup = (/** @type {string} */ group) => settings.filter((setting) => setting.group === group);

/** An example is a value, or says how to make one. */
const isRecipe = (/** @type {string} */ example) => example.startsWith("the ");

const exampleLine = (/** @type {Setting} */ { name, example }) =>
  isRecipe(example) ? `For example: ${example}.` : `For example: \`${name}=${example}\`.`;

const section = (/** @type {Setting} */ setting) =>
  [
    `### ${setting.name}`,
    "",
    setting.about,
    "",
    [
      setting.fallback ? `Default: \`${setting.fallback}\`.` : "Off until it is set.",
      exampleLine(setting),
      ...(setting.secret ? ["Never printed or logged."] : []),
    ].join(" "),
    "",
  ].join("\n");

/** docs/settings.md */
export const settingsPage = () =>
  [
    "# Settings",
    "",
    "<!-- Made from src/config/settings.ts by `npm run generate`. -->",
    "",
    "Every setting is an environment variable, and every one may be left out. `npm start` and `bellhop` also read a file",
    "`.env` in the directory where they are started; what the environment says wins over the file. An empty value counts as",
    "unset. A value that cannot be used stops the start with its name, the reason and an example; the value itself is never",
    "repeated. A name that begins with `BELLHOP_` and is not listed here brings a warning with the nearest one that is.",
    "",
    ...groups.flatMap((group) => [`## ${group}`, "", ...ofGroup(group).map(section)]),
    "## Moving from another system",
    "",
    "Bellhop keeps the names that the Dexter stack and mcp2 published. Those that it does not read are answered with a",
    "warning, never with a refusal to start:",
    "",
    "| Name | What becomes of it |",
    "| --- | --- |",
    ...Object.entries(retired).map(([name, what]) => `| \`${name}\` | ${what} |`),
    "",
  ].join("\n");

const wrapped = (/** @type {string} */ text) => {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last.length + word.length > 96) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines.map((line) => `# ${line}`).join("\n");
};

const example = (/** @type {Setting} */ setting) =>
  [
    wrapped(`${setting.about}${setting.fallback ? ` Default: ${setting.fallback}` : ""}`),
    ...(isRecipe(setting.example) ? [wrapped(`Use ${setting.example}.`)] : []),
    `#${setting.name}=${isRecipe(setting.example) ? "" : JSON.stringify(setting.example).replace(/^"(\S*)"$/, "$1")}`,
    "",
  ].join("\n");

/** .env.example: everything is a comment, so that a copy changes nothing until a line is edited. */
export const exampleFile = () =>
  [
    "# Made from src/config/settings.ts by `npm run generate`. Copy it to .env and edit; docs/settings.md says more.",
    "",
    ...groups.flatMap((group) => [`# --- ${group} ---`, "", ...ofGroup(group).map(example)]),
  ].join("\n");
