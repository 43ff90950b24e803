/**
 * A program that sends forms to a token endpoint, each once, as fast as they are answered, and tells what came back.
 * It reads a TokenJob as JSON from standard input and writes a TokenOutcome to standard output.
 */
import { Agent, request } from "node:http";
import { json, text } from "node:stream/consumers";
import * as z from "zod";

const jobSchema = z.object({ url: z.url(), callers: z.number(), forms: z.array(z.string()) });
const pair = z.object({ access_token: z.string(), refresh_token: z.string() });

async function send(agent: Agent, url: string, form: string): Promise<string | undefined> {
  const answer = await new Promise<string>((resolve, reject) => {
    const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(form) };
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      text(response).then(resolve, reject);
    });
    sent.on("error", reject).end(form);
  });
  return pair.safeParse(JSON.parse(answer)).data?.refresh_token;
}

const { url, callers, forms } = jobSchema.parse(await json(process.stdin));
const agent = new Agent({ keepAlive: true, maxSockets: callers });
const waiting = forms.values();
const milliseconds: number[] = [];
const refreshTokens: string[] = [];
let failed = 0;

async function caller(): Promise<void> {
  for (const form of waiting) {
    const began = performance.now();
    const refreshToken = await send(agent, url, form).catch(() => undefined);
    milliseconds.push(performance.now() - began);
    if (refreshToken === undefined) failed += 1;
    else refreshTokens.push(refreshToken);
  }
}

const began = performance.now();
await Promise.all(Array.from({ length: callers }, caller));
const seconds = (performance.now() - began) / 1000;
agent.destroy();
console.log(JSON.stringify({ seconds, milliseconds, failed, refreshTokens }));
