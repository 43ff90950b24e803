/** Tells how much room the content needs, in whole CSS pixels, now and as often as that changes. */
export function reportSize(frame: Window, report: (size: { width: number; height: number }) => void): void {
  const { body } = frame.document;
  new ResizeObserver(() => {
    const { width, height } = body.getBoundingClientRect();
    report({ width: Math.ceil(width), height: Math.ceil(height) });
  }).observe(body);
}
