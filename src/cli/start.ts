import { type App, startApp } from "../app/app.ts";
import { version } from "../app/version.ts";
import { readConfiguration } from "./configuration.ts";
import { createLog } from "./log.ts";

const engineNames = { pglite: "embedded database", postgres: "PostgreSQL" } as const;

function signIn(app: App): readonly string[] {
  if (!app.codesStayHere) return ["with your email address; the code comes by mail"];
  const here = "with your email address; the code appears here, in this terminal";
  return app.mailboxUrl ? [`${here}, and at`, app.mailboxUrl] : [`${here} (set SMTP_URL to send it by mail)`];
}

/** The one screen that a start prints. */
function screen(app: App): string {
  const [how, ...where] = signIn(app);
  return [
    "",
    `  Bellhop ${version()} is ready.`,
    "",
    `  Console   ${app.baseUrl}/app`,
    `  MCP       ${app.mcpUrl}`,
    `  Sign in   ${how}`,
    ...where.map((line) => `            ${line}`),
    `  Data      ${app.dataDirectory} (${engineNames[app.engine]})`,
    "",
    "  Stop with Ctrl-C. Help: npm start -- --help",
    "",
  ].join("\n");
}

/** Ends with the first signal, letting running requests finish; a second one ends at once. */
function stopOnSignal(app: App): void {
  const stop = (): void => {
    process.once("SIGINT", () => process.exit(1));
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

/** `npm start`. */
export async function start(): Promise<void> {
  const config = readConfiguration();
  const log = createLog(config.logLevel);
  process.on("unhandledRejection", (error) => log.error({ err: error }, "A promise failed with nobody waiting."));
  const app = await startApp({ config, log, print: (line) => console.log(line) });
  stopOnSignal(app);
  console.log(screen(app));
}
