/** Something that the person at the terminal can put right: shown as it is, without a stack. */
export class BenchError extends Error {
  override name = "BenchError";
}
