// Asks our own STUN responder from which address a datagram of this browser comes. Addresses inside the home or
// office are not looked at and not sent.

const MS_MAX = 3_000;

/** Resolves to texts such as `198.51.100.7:4711`; to none where datagrams do not get through. Never rejects. */
export async function askReflexive(url) {
  if (!url || !globalThis.RTCPeerConnection) return [];
  const found = new Set();
  let pc;
  try {
    pc = new RTCPeerConnection({ iceServers: [{ urls: url }] });
    pc.createDataChannel('line');
    const gathered = new Promise((resolve) => {
      pc.onicecandidate = ({ candidate }) => {
        if (!candidate) return resolve();
        if (candidate.type !== 'srflx' || !candidate.address) return;
        const { address, port } = candidate;
        found.add(address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);
      };
      setTimeout(resolve, MS_MAX);
    });
    await pc.setLocalDescription(await pc.createOffer());
    await gathered;
  } catch {
    // Switched off, or refused: then nothing is known.
  } finally {
    pc?.close();
  }
  return [...found].slice(0, 8);
}
