/**
 * W3C trace context of a run: its UUID is the trace's id, so that whoever has one has the other, and its random end names this
 * hop's span.
 */
export function traceparentOf(runId: string): string {
  const traceId = runId.replaceAll('-', '').toLowerCase();
  return `00-${traceId}-${traceId.slice(16)}-01`;
}
