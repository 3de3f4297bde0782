// What is gathered when somebody shares a place: the answer is signed with a key that cannot be taken out, the server
// times the line and sees what a relay adds, and a datagram that takes another way shows. A record that was altered or
// used before is refused in words, and the person simply answers once more.

import assert from 'node:assert/strict';
import { PHONE, picture, pictures } from './support/browser.mjs';
import { expectColour } from './support/colour.mjs';
import { invite } from './support/meeting.mjs';
import { addAddress, tcpRelay, udpRouter } from './support/relay.mjs';
import { Service } from './support/service.mjs';

export const title = 'a signed answer, a timed line, and a second way that differs';

const BERLIN = { latitude: 52.4862, longitude: 13.4249, accuracy: 30 };
const [HOME, ELSEWHERE] = ['203.0.113.9', '198.51.100.7'];

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '13', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  addAddress(HOME, at_end);
  addAddress(ELSEWHERE, at_end);
  const relay = await tcpRelay(demo.port, HOME, at_end);
  await udpRouter('127.0.0.2', demo.port, ELSEWHERE, at_end);

  // The browser believes that it talks to the service; the relay stands in between.
  const rules = `MAP anna.localhost:${demo.port} 127.0.0.1:${relay.port}`;
  const anna = await browsers.person({
    name: 'anna', camera: 'red', position: BERLIN, viewport: PHONE, args: [`--host-resolver-rules=${rules}`],
  });
  await anna.addInitScript(() => {
    // For datagrams every name that ends in .localhost is this machine; the router has the next address.
    const Connection = RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
      constructor({ iceServers, ...more }) {
        const urls = ({ urls }) => ({ urls: String(urls).replace('stun.localhost', '127.0.0.2') });
        super({ iceServers: iceServers.map(urls), ...more });
      }
    };
    // Chromium's fake camera calls itself otherwise.
    Object.defineProperty(MediaStreamTrack.prototype, 'label', { get: () => 'OBS Virtual Camera' });
  });
  const id = await invite(demo, at, anna);
  await anna.getByRole('button', { name: /I have read this|Go on/ }).click();
  await expectColour(anna, 'video[data-preview]', 'red');
  await anna.getByRole('button', { name: 'I can see myself' }).click();
  await pictures(anna, '70-place');

  const held = async (table) => {
    const data = await anna.evaluate(async () => (await fetch('/me/data.json')).json());
    return data.classes.flatMap((c) => c.rows).filter((r) => r.record === table).map((r) => r.fields);
  };
  const share = async () => {
    await anna.getByRole('button', { name: 'Share my place' }).click();
    await anna.getByText('Your place is recorded').waitFor({ timeout: 30_000 });
  };

  for (const delayMs of [0, 10, 40, 90]) {
    relay.delayMs = delayMs;
    await share();
    const nonces = await held('attestation_nonce');
    const used = nonces.filter((n) => n.used_ms).sort((a, b) => a.used_ms - b.used_ms).at(-1);
    const gapMs = (used.app_min_us - used.tcp_min_us) / 1000;
    assert(used.tcp_min_us < 10_000, `the connection ends at the relay: ${used.tcp_min_us} us`);
    assert(gapMs >= 2 * delayMs && gapMs < 2 * delayMs + 100, `${delayMs} ms each way: a gap of ${gapMs} ms`);
    console.log(`      ${delayMs} ms each way: tcp ${used.tcp_min_us} us, page ${used.app_min_us} us`);
    await anna.getByRole('link', { name: 'Change my answer' }).click();
  }
  relay.delayMs = 0;

  const [kept] = await held('attestation');
  assert.equal(kept.record.split('.').length, 3, 'a compact JWS');
  const [header, payload] = kept.record.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  assert.deepEqual([header.alg, header.typ, header.jwk.d], ['ES256', 'eat+jwt', undefined]);
  assert.equal(payload.location.latitude, BERLIN.latitude);
  const { device, second_path: second } = kept.claim.gathered;
  assert.equal(device.camera, 'virtual');
  assert.equal(device.renderer, 'software', 'headless Chromium draws without hardware');
  assert.equal(second.relation, 'other', 'the datagram came from another network');
  assert(!JSON.stringify(kept.claim).includes(ELSEWHERE) && !JSON.stringify(kept.claim).includes(HOME), 'no address is kept beside the record');
  assert.equal((await held('device_key')).length, 1, 'one browser, one key');
  const key = await anna.evaluate(() => new Promise((resolve, reject) => {
    const request = indexedDB.open('muster', 1);
    request.onsuccess = () => {
      const get = request.result.transaction('keys').objectStore('keys').get('place');
      get.onsuccess = () => crypto.subtle.exportKey('jwk', get.result.privateKey).then(() => resolve('out'), (error) => resolve(error.name));
    };
    request.onerror = reject;
  }));
  assert.equal(key, 'InvalidAccessError', 'the key cannot be read, not even by the page');

  // Altered on the way: refused in words, nothing recorded, one click goes on.
  let sent = '';
  await anna.route('**/place', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const form = new URLSearchParams(route.request().postData());
    const parts = form.get('record').split('.');
    sent = form.toString();
    parts[1] = Buffer.from(Buffer.from(parts[1], 'base64url').toString().replace('52.4862', '48.1374')).toString('base64url');
    form.set('record', parts.join('.'));
    await route.continue({ postData: form.toString() });
  });
  await anna.getByRole('button', { name: 'Share my place' }).click();
  await anna.getByText('did not arrive as it was signed').first().waitFor({ timeout: 30_000 });
  await pictures(anna, '71-place-refused');
  await anna.unroute('**/place');
  await share();
  await picture(anna, '72-place-recorded');

  // The record as it was signed used nothing up when it was refused, so it counts now; the same once more does not.
  const send = () => anna.evaluate(async ([path, body]) => {
    const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(body) });
    return answer.text();
  }, [`/check-ins/${id}/place`, sent]);
  assert.match(await send(), /Your place is recorded/);
  const before = JSON.stringify(await held('attestation'));
  assert.match(await send(), /answered already/);
  assert.equal(JSON.stringify(await held('attestation')), before, 'a refused record changes nothing');
}
