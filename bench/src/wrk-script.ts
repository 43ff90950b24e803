import type { PreparedCall } from "./mcp-call.ts";

/** A Lua string that holds exactly these bytes. */
const lua = (text: string): string =>
  `"${[...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, "0")}`).join("")}"`;

function formatted(call: PreparedCall): string {
  // Capitals, since wrk adds a Host of its own when it sees none spelled like this.
  const headers = Object.entries({ Host: call.url.host, ...call.headers });
  return `wrk.format("POST", nil, {${headers.map(([name, value]) => `[${lua(name)}]=${lua(value)}`).join(",")}}, ${lua(call.body)})`;
}

const FIGURES = [
  ["requests", "s.requests"],
  ["microseconds", "s.duration"],
  ["p50", "l:percentile(50)"],
  ["p99", "l:percentile(99)"],
  ["connect", "s.errors.connect"],
  ["read", "s.errors.read"],
  ["write", "s.errors.write"],
  ["timeout", "s.errors.timeout"],
  ["status", "s.errors.status"],
] as const;

/** What stands before the line of figures in wrk's output. */
export const MARK = "@@";

/**
 * The script that wrk runs: it sends the calls in turn, and prints its figures as one line of JSON.
 * Everyone is measured with the same script, so that its own cost falls on all alike.
 */
export const wrkScript = (calls: readonly PreparedCall[]): string => `
local calls, turn = {}, 0
function init(args)
${calls.map((call) => `  calls[#calls + 1] = ${formatted(call)}`).join("\n")}
end
function request()
  turn = turn % #calls + 1
  return calls[turn]
end
function done(s, l, r)
  io.write(string.format('${MARK}{${FIGURES.map(([name]) => `"${name}":%f`).join(",")}}\\n',
    ${FIGURES.map(([, value]) => value).join(", ")}))
end
`;
