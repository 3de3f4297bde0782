// The server's time, so that a wrong clock on the person's machine never misleads them.
// The page carries `data-now-ms` (UTC milliseconds when it was rendered); in the demo it is the demo clock.

/** The element that carries the time: the demo bar where there is one, else the first on the page. */
export function timeSource(root = document) {
  return root.querySelector('[data-demo-bar][data-now-ms]') ?? root.querySelector('[data-now-ms]');
}

/** When the server's answer began to arrive, on this machine's clock. Rendering ends just before. */
function arrivedAtMs() {
  const navigation = performance.getEntriesByType('navigation')[0];
  return performance.timeOrigin + (navigation?.responseStart || 0);
}

function readOffsetMs() {
  const nowMs = Number(timeSource()?.dataset.nowMs);
  return Number.isFinite(nowMs) && nowMs > 0 ? nowMs - arrivedAtMs() : 0;
}

let offset = readOffsetMs();

/** Milliseconds to add to this machine's clock to get the server's. */
export const offsetMs = () => offset;

/** The server's time now, in UTC milliseconds. */
export const serverNowMs = () => Date.now() + offset;

/** Sets the clock from a fresh word of the server (a heartbeat, a step of the demo clock). */
export function hearServerTime(nowMs) {
  if (!Number.isFinite(nowMs)) return;
  const next = nowMs - Date.now();
  const jumpMs = next - offset;
  offset = next;
  // Small differences are the travel time of the message; only a real jump is news to the page.
  if (Math.abs(jumpMs) > 2000) document.dispatchEvent(new CustomEvent('muster:clock', { detail: { jumpMs } }));
}
