/**
 * A body that is made while it is read: nothing is made ahead of the reader.
 * @param left called when the reader leaves before the end, also before the beginning, when nothing in `source` runs yet.
 */
export function streamed(
  source: AsyncGenerator<Uint8Array>,
  left: () => void = () => undefined,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await source.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      left();
      await source.return(undefined);
    },
  });
}

/** Characters that are sent together: a person has many small rows. */
const BLOCK = 32_768;

/** Text as bytes, many small pieces together. */
export async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let block = "";
  for await (const piece of pieces) {
    block += piece;
    if (block.length < BLOCK) continue;
    yield encoder.encode(block);
    block = "";
  }
  yield encoder.encode(block);
}
