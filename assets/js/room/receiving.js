// Measures what this page *receives* of the other person and reports it every two seconds. What we send is not
// reported: each side speaks only for what reached it.

const EVERY_MS = 2000;
const NOTHING_AFTER_MS = 15_000;

/** Sums over all incoming streams of one peer connection. */
export async function totals(pc) {
  let framesDecoded = 0;
  let bytes = 0;
  (await pc.getStats()).forEach((entry) => {
    if (entry.type !== 'inbound-rtp') return;
    bytes += entry.bytesReceived ?? 0;
    if (entry.kind === 'video') framesDecoded += entry.framesDecoded ?? 0;
  });
  return { framesDecoded, bytes };
}

/**
 * Reports the difference since the last report while there is a call. `onNothing` is called once per round where
 * the line is connected and still nothing arrives.
 */
export function reportReceiving({ call, send, onNothing }) {
  let pc = null;
  let last = { framesDecoded: 0, bytes: 0 };
  let emptySinceMs = null;

  setInterval(async () => {
    if (call.pc !== pc) {
      pc = call.pc;
      last = { framesDecoded: 0, bytes: 0 };
      emptySinceMs = null;
    }
    if (!pc) return;
    const measured = pc;
    const now = await totals(measured);
    if (measured !== call.pc) return;
    const frames = Math.max(0, now.framesDecoded - last.framesDecoded);
    const bytes = Math.max(0, now.bytes - last.bytes);
    // Where the line to the server is down, the difference waits for the next report.
    if (send({ type: 'receiving', frames_decoded: frames, bytes })) last = now;
    if (frames > 0 || measured.connectionState !== 'connected') emptySinceMs = null;
    else emptySinceMs ??= performance.now();
    if (emptySinceMs !== null && performance.now() - emptySinceMs > NOTHING_AFTER_MS) {
      emptySinceMs = Infinity;
      onNothing();
    }
  }, EVERY_MS);
}
