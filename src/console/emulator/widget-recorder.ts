import type { HostMessage } from "../../ui/emulated-host/hosted-widget.ts";
import { isObject, isText } from "../../ui/guards.ts";
import { type Fields, memberOf } from "./mcp-messages.ts";
import type { MessageLog } from "./message-log.ts";

const idOf = (fields: Fields): string => String(fields["id"]);

/** What a widget and its host say, into the log; an answer is named after what it answers. */
export function createWidgetRecorder(log: MessageLog): (message: HostMessage) => void {
  const asked = new Map<string, string>();

  function titleOf({ from, bridge, message }: HostMessage): string {
    const fields = bridge === "openai" ? memberOf(message, "openai", isObject) : message;
    if (!isObject(fields)) return "message";
    if (isObject(fields["globals"])) return "openai:set_globals";
    // Both sides may ask, and each counts for itself.
    const other = from === "host" ? "widget" : "host";
    if (!isText(fields["method"])) return `answer to ${asked.get(`${bridge} ${other} ${idOf(fields)}`) ?? "a request"}`;
    const method = bridge === "openai" ? `openai.${fields["method"]}` : fields["method"];
    const name = memberOf(fields["params"], "name", isText);
    const title = name === undefined ? method : `${method} ${name}`;
    asked.set(`${bridge} ${from} ${idOf(fields)}`, title);
    return title;
  }

  return (message) => {
    const { from } = message;
    const failed = "error" in (isObject(message.message) ? message.message : {});
    log.record({
      from,
      to: from === "host" ? "widget" : "host",
      title: titleOf(message),
      note: failed ? "error" : "",
      message: message.message,
    });
  };
}
