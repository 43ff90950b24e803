/** One server-sent event of a person's stream. */
export interface StreamedEvent {
  readonly id: string;
  readonly kind: string;
  readonly data: string;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
}

/** A person's stream, read as it comes. */
export interface EventReader {
  /** Everything so far. */
  readonly seen: readonly StreamedEvent[];
  close(): void;
}

/**
 * Opens the stream of a signed-in person. What happens after it has resolved is seen.
 * @param last where to go on (`Last-Event-ID`).
 */
export async function readEvents(url: string, cookie: string, last?: string): Promise<EventReader> {
  const gone = new AbortController();
  const headers = { cookie, ...(last === undefined ? {} : { "last-event-id": last }) };
  const response = await fetch(`${url}/api/events`, { headers, signal: gone.signal });
  if (response.status !== 200) throw new Error(`The stream was answered with ${response.status}.`);
  const seen: StreamedEvent[] = [];
  const read = async (): Promise<void> => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const parts = text.split("\n\n");
      text = parts.pop() ?? "";
      for (const part of parts) {
        const [, id, kind, data] = /^id: (.+)\nevent: (.+)\ndata: (.+)$/.exec(part) ?? [];
        if (id && kind && data) seen.push({ id, kind, data, at: Date.now() });
      }
    }
  };
  // It ends when it is closed, or with its server.
  void read().catch(() => undefined);
  return { seen, close: () => gone.abort() };
}
