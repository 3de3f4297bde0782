// Fake cameras of one colour, and what colour a page really shows. A video is only proven by
// seeing the *other* side's colour in the remote element.

import fs from 'node:fs';
import { eventually } from './poll.mjs';

/** Y, U, V of a camera, and which of the decoded red, green, blue must be high and low. */
const COLOURS = {
  red: { yuv: [81, 90, 240], looks: ([r, g, b]) => r > 150 && g < 80 && b < 80 },
  blue: { yuv: [41, 240, 110], looks: ([r, g, b]) => b > 150 && r < 80 && g < 80 },
  green: { yuv: [145, 54, 34], looks: ([r, g, b]) => g > 150 && r < 80 && b < 80 },
};

/** Writes a second of this colour as an uncompressed Y4M file, as Chromium's fake camera takes. */
export function writeCamera(file, colour, width = 320, height = 240) {
  const [y, u, v] = COLOURS[colour].yuv;
  const pixels = width * height;
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    Buffer.alloc(pixels, y),
    Buffer.alloc(pixels / 4, u),
    Buffer.alloc(pixels / 4, v),
  ]);
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F15:1 Ip A1:1 C420\n`);
  fs.writeFileSync(file, Buffer.concat([head, ...Array(15).fill(frame)]));
  return file;
}

/** Red, green, blue in the middle of the video or canvas `selector`; null while it shows nothing. */
export function pixel(page, selector) {
  return page.evaluate((selector) => {
    const source = document.querySelector(selector);
    if (!source) throw new Error(`no element ${selector}`);
    const width = source.videoWidth ?? source.width;
    const height = source.videoHeight ?? source.height;
    if (!width || !height) return null;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d');
    context.drawImage(source, width / 2, height / 2, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }, selector);
}

/** Waits until `selector` shows `colour`. */
export async function expectColour(page, selector, colour, ms = 30_000) {
  const { looks } = COLOURS[colour];
  let seen;
  const look = async () => {
    seen = await pixel(page, selector);
    return seen && looks(seen);
  };
  await eventually(`${selector} to be ${colour}`, look, ms).catch((error) => {
    throw new Error(`${error.message}; rgb ${JSON.stringify(seen)}`);
  });
}

/**
 * Video frames decoded from the other side so far. `connection` is an expression of the page that
 * gives its RTCPeerConnection.
 */
export function framesDecoded(page, connection = 'window.pc') {
  // A string, because the page's Content-Security-Policy may forbid eval in it.
  return page.evaluate(`(async () => {
    const connection = ${connection};
    if (!connection) return 0;
    let frames = 0;
    (await connection.getStats()).forEach((entry) => {
      if (entry.type === 'inbound-rtp' && entry.kind === 'video') frames += entry.framesDecoded ?? 0;
    });
    return frames;
  })()`);
}

/** Waits until at least `more` further frames have been decoded: the picture moves on. */
export async function expectFramesToGrow(page, connection = 'window.pc', more = 10) {
  const before = await framesDecoded(page, connection);
  const grown = async () => (await framesDecoded(page, connection)) >= before + more;
  await eventually(`${more} more video frames after ${before}`, grown, 30_000);
}

/** Local and remote address of the candidate pair in use, or null. */
export function candidatePair(page, connection = 'window.pc') {
  return page.evaluate(`(async () => {
    const connection = ${connection};
    if (!connection) return null;
    const stats = await connection.getStats();
    let pair = null;
    stats.forEach((entry) => {
      if (entry.type !== 'candidate-pair' || !entry.nominated) return;
      const [local, remote] = [stats.get(entry.localCandidateId), stats.get(entry.remoteCandidateId)];
      pair = { local: local.address, remote: remote.address, type: local.candidateType };
    });
    return pair;
  })()`);
}
