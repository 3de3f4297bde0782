// Watches that pictures move while the line is up, and puts right what stands still: a camera that gives nothing, an
// encoder that sends nothing, a decoder that shows nothing, a player that stopped. Each side looks at its own counters.

const EVERY_MS = 2000;
const STILL_LOOKS = 2; // So many looks without progress, and it is stuck.
const REPAIRS_MAX = 3; // A page load. What three repairs did not mend, a fourth will not.

/** Counters of the video of one peer connection; a counter that is absent stands at 0. */
async function counters(pc) {
  const seen = { given: 0, sent: 0, arrived: 0, decoded: 0 };
  (await pc.getStats()).forEach((entry) => {
    if (entry.kind !== 'video') return;
    if (entry.type === 'media-source') seen.given += entry.frames ?? 0;
    if (entry.type === 'outbound-rtp') seen.sent += entry.framesSent ?? 0;
    if (entry.type === 'inbound-rtp') {
      seen.arrived += entry.bytesReceived ?? 0;
      seen.decoded += entry.framesDecoded ?? 0;
    }
  });
  return seen;
}

/**
 * What stands still between two looks: 'camera', 'sending', 'decoding', 'player', or null.
 * @param {MediaStreamTrack?} track our camera
 * @param {HTMLVideoElement?} remote the player of the other's picture
 */
function still(before, now, track, remote) {
  const grew = (counter) => now[counter] > before[counter];
  // A camera that is switched off here, or muted by the system (its shutter), gives nothing on purpose.
  const mustSend = track?.readyState === 'live' && track.enabled && !track.muted;
  if (mustSend && !grew('sent')) return now.given > 0 && !grew('given') ? 'camera' : 'sending';
  if (grew('arrived') && !grew('decoded')) return 'decoding';
  if (grew('decoded') && remote && (remote.paused || remote.readyState < HTMLMediaElement.HAVE_CURRENT_DATA)) return 'player';
  return null;
}

/**
 * Looks every two seconds while there is a connected call and the page can be seen (browsers rest pages that cannot).
 * `repairs` holds one function a kind of standstill.
 */
export function watchPicture({ call, remote, track, repairs }) {
  let pc = null;
  let last = null;
  let stuck = { kind: null, looks: 0 };
  let left = REPAIRS_MAX;

  setInterval(async () => {
    const watched = call.pc;
    if (watched?.connectionState !== 'connected' || document.hidden) {
      pc = null;
      return;
    }
    const now = await counters(watched);
    if (watched !== call.pc) return;
    const kind = watched === pc ? still(last, now, track(), remote) : null;
    [pc, last] = [watched, now];
    stuck = { kind, looks: kind && kind === stuck.kind ? stuck.looks + 1 : Number(kind !== null) };
    if (stuck.looks < STILL_LOOKS || left === 0) return;
    left -= 1;
    stuck = { kind: null, looks: 0 };
    repairs[kind]();
  }, EVERY_MS);
}
