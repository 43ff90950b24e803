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
