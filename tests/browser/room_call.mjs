// Anna (employee, red camera) and Jo (verifier, blue camera) meet in the built-in room.
// Started by tests/room_in_browsers.rs, which serves the pages on $PORT. Needs Chromium ($CHROMIUM or on the path)
// and playwright-core, from $MUSTER_NPM or wherever node finds it. Waits on what can be seen, each time with a deadline.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const require = createRequire(path.join(process.env.MUSTER_NPM ?? import.meta.dirname, 'any.js'));
const { chromium } = require('playwright-core');
const executablePath = process.env.CHROMIUM ?? execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
const port = process.env.PORT;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'room-story-'));
const at = (person, address) => `http://${person}.localhost:${port}${address}`;
const complaints = [];
const open = new Set();

/** A camera of one colour: a second of still frames (Y, U, V). */
function camera(name, [y, u, v], w = 320, h = 240) {
  const n = w * h;
  const frame = Buffer.concat([Buffer.from('FRAME\n'), Buffer.alloc(n, y), Buffer.alloc(n / 4, u), Buffer.alloc(n / 4, v)]);
  const file = path.join(folder, `${name}.y4m`);
  fs.writeFileSync(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${w} H${h} F15:1 Ip A1:1 C420\n`), ...Array(15).fill(frame)]));
  return file;
}
const RED = camera('red', [81, 90, 240]);
const BLUE = camera('blue', [41, 240, 110]);

/** One person's browser: a process of its own. */
async function browserOf(person, video) {
  // The namespace has no multicast DNS, which would otherwise hide the address of somebody without a camera.
  const args = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${video}`, '--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns'];
  const server = await chromium.launchServer({ executablePath, args });
  open.add(server);
  const browser = await chromium.connect(server.wsEndpoint());
  const visit = async (address, permissions = ['camera', 'microphone', 'geolocation']) => {
    const context = await browser.newContext({ permissions, geolocation: { latitude: 52.52, longitude: 13.4, accuracy: 35 }, timezoneId: 'Europe/Lisbon' });
    await context.addInitScript(() => {
      window.sockets = [];
      const Real = WebSocket;
      window.WebSocket = class extends Real {
        sent = [];
        constructor(...args) { super(...args); window.sockets.push(this); }
        send(text) {
          const isLost = location.search.includes('lose=offer') && text.includes('"type":"offer"') && !this.sent.some((t) => t.includes('"offer"'));
          this.sent.push(text);
          if (!isLost) super.send(text);
          if (text.includes('"type":"offer"')) dispatchEvent(new Event('offered'));
          const [moment, afterMs] = (sessionStorage.getItem('flee') ?? '').split(' ');
          if (!moment || !text.includes(`"type":"${moment}"`)) return;
          sessionStorage.removeItem('flee');
          setTimeout(() => location.reload(), Number(afterMs));
        }
      };
      const { mediaDevices } = navigator;
      const real = mediaDevices.getUserMedia.bind(mediaDevices);
      if (location.search.includes('silent=once')) {
        mediaDevices.getUserMedia = () => { mediaDevices.getUserMedia = real; return new Promise(() => {}); };
      }
      if (location.search.includes('camera=after-offer')) {
        const isOffered = new Promise((resolve) => { addEventListener('offered', resolve); });
        mediaDevices.getUserMedia = async (wish) => { await isOffered; return real(wish); };
      }
      if (location.search.includes('camera=amid-offer')) {
        let give;
        const isGiven = new Promise((resolve) => { give = resolve; });
        mediaDevices.getUserMedia = async (wish) => {
          const stream = await real(wish);
          return new Promise((resolve) => { give(() => resolve(stream)); });
        };
        const take = RTCPeerConnection.prototype.setRemoteDescription;
        RTCPeerConnection.prototype.setRemoteDescription = async function (...args) {
          const giveNow = await isGiven;
          const taken = take.apply(this, args);
          giveNow();
          return taken;
        };
      }
      addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective, e.blockedURI, e.sample));
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (m) => { if (m.type() === 'error') complaints.push(`${person}: ${m.text()}`); });
    page.on('pageerror', (e) => complaints.push(`${person}: ${e.message}`));
    await page.goto(at(person, address));
    return page;
  };
  const kill = () => { open.delete(server); server.process().kill('SIGKILL'); };
  return { visit, kill };
}

async function until(what, look, deadlineMs = 20_000) {
  const startedAt = Date.now();
  let last;
  for (;;) {
    last = await look();
    if (last) return last;
    if (Date.now() - startedAt > deadlineMs) throw new Error(`not seen within ${deadlineMs} ms: ${what}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

const log = async (kind) => (await (await fetch(`http://127.0.0.1:${port}/test/log`)).json()).filter((e) => e.kind === kind).map((e) => e.body);
const post = (address) => fetch(`http://127.0.0.1:${port}${address}`, { method: 'POST' });
const words = (page) => page.locator('[data-connection]').textContent();
const step = (text) => console.log(`  ${text}`);

/** What a page sees of the other: colour in the middle of the remote picture, frames, the path of the media. */
const sight = (page) => page.evaluate(async () => {
  const pc = window.musterRoom?.pc;
  const video = document.querySelector('[data-remote]');
  if (!pc || !video?.videoWidth) return null;
  let frames = 0;
  let pair = '';
  const stats = await pc.getStats();
  stats.forEach((s) => {
    if (s.type === 'inbound-rtp' && s.kind === 'video') frames += s.framesDecoded;
    if (s.type === 'candidate-pair' && s.nominated) pair = `${stats.get(s.localCandidateId)?.address} ${stats.get(s.remoteCandidateId)?.address}`;
  });
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext('2d');
  pen.drawImage(video, 0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return { frames, pair, colour: r > 150 && b < 80 ? 'red' : b > 150 && r < 80 ? 'blue' : `rgb ${r} ${g} ${b}` };
});
/** Everything about the media of a page that can tell why a picture is missing, for a failure's message. */
const media = (page) => page.evaluate(async () => {
  const { pc } = window.musterRoom;
  const show = document.querySelector('[data-remote]');
  const trackState = (track) => track && `${track.kind} ${track.readyState}${track.muted ? ' muted' : ''}${track.enabled ? '' : ' off'}`;
  const kept = ['kind', 'frames', 'framesEncoded', 'framesSent', 'framesReceived', 'framesDecoded', 'keyFramesDecoded', 'bytesSent', 'bytesReceived', 'pliCount'];
  const stats = [...((await pc?.getStats()) ?? new Map()).values()].filter((s) => ['inbound-rtp', 'outbound-rtp', 'media-source'].includes(s.type));
  return JSON.stringify({
    lines: pc?.getTransceivers().map((t) => [t.mid, t.direction, t.currentDirection, trackState(t.sender.track), trackState(t.receiver.track)]),
    stats: stats.map((s) => [s.type, ...kept.filter((name) => s[name] !== undefined).map((name) => `${name} ${s[name]}`)].join(' ')),
    show: [show.videoWidth, show.paused, show.readyState, ...(show.srcObject?.getTracks() ?? []).map(trackState)],
  });
}).catch((error) => error.message);

const sees = (page, colour) => until(`${colour} with more than 20 frames`, async () => {
  const s = await sight(page).catch(() => null); // amid a reload
  return s?.colour === colour && s.frames > 20 && s;
}, 30_000);

async function theCall() {
  let anna = await browserOf('anna', RED);
  const jo = await browserOf('jo', BLUE);
  let employee = await anna.visit('/room/employee');
  await until('Anna is told that she waits', async () => /Waiting for the verifier/.test(await words(employee)));
  const verifier = await jo.visit('/room/verifier');
  const [fromAnna, fromJo] = await Promise.all([sees(employee, 'blue'), sees(verifier, 'red')]);
  for (const { pair } of [fromAnna, fromJo]) assert.match(pair, /^(127\.0\.0\.1|::1) (127\.0\.0\.1|::1)$/);
  assert.equal(await words(employee), 'Connected to the verifier.');
  assert.equal(await words(verifier), 'Connected to the employee.');
  step('each sees the colour of the other, over loopback only');

  await until('frames grow', async () => (await sight(employee)).frames > fromAnna.frames + 10);
  for (const side of ['employee', 'verifier']) {
    await until(`${side} reports receiving`, async () => (await log('receiving')).some((r) => r.side === side && r.frames_decoded > 10 && r.bytes > 1000), 8000);
  }
  step('both report what they receive');

  assert.equal(await (await post('/test/challenge')).json(), 2);
  for (const page of [employee, verifier]) {
    await page.locator('[data-challenge] h2').waitFor();
    assert.equal(await page.locator('[data-challenge] h2').textContent(), 'Hand <b>across</b> the face', 'texts are never markup');
    assert.equal(await page.locator('[data-challenge] details p').isVisible(), false);
    await page.locator('[data-challenge] summary').click();
    assert.equal(await page.locator('[data-challenge] details p').isVisible(), true);
  }
  step('the challenge appears on both pages, its alternative one tap away');

  const track = (kind) => employee.evaluate((k) => window.musterRoom.pc.getSenders().find((s) => s.track?.kind === k).track.enabled, kind);
  for (const [act, kind] of [['mute', 'audio'], ['camera', 'video']]) {
    const control = employee.locator(`[data-act=${act}]`);
    assert.equal(await control.getAttribute('aria-pressed'), 'false');
    await control.press('Enter');
    assert.deepEqual([await control.getAttribute('aria-pressed'), await track(kind)], ['true', false]);
    await control.press('Enter');
    assert.deepEqual([await control.getAttribute('aria-pressed'), await track(kind)], ['false', true]);
  }
  await employee.locator('[data-act=devices]').click();
  await until('the devices are listed', async () => (await employee.locator('.room-devices [data-camera] option').count()) > 0);
  const camera = employee.locator('.room-devices [data-camera]');
  await camera.evaluate((select) => select.dispatchEvent(new Event('change')));
  await until('the choice is remembered for the tab', () => employee.evaluate(() => JSON.parse(sessionStorage.getItem('muster.devices') ?? '{}').camera));
  const beforeChange = await sight(verifier);
  await until('frames go on after the change', async () => (await sight(verifier)).frames > beforeChange.frames + 10);
  step('mute, camera and devices answer to the keyboard and say their state');

  await employee.evaluate(() => { window.kept = window.musterRoom.pc; window.sockets.at(-1).close(3001); });
  await until('the line to the server is back', async () => (await employee.evaluate(() => window.sockets.length)) > 1 && (await log('sighting')).at(-1).change === 'joined');
  await until('both are told', async () => (await words(employee)) === 'Connected to the verifier.' && (await words(verifier)) === 'Connected to the employee.');
  const afterLine = await sight(employee);
  await until('frames go on', async () => (await sight(employee)).frames > afterLine.frames + 10);
  assert.equal(await employee.evaluate(() => window.kept === window.musterRoom.pc), true, 'the picture did not start afresh');
  step('a lost line to the server comes back and the picture never stopped');

  await until('one Anna is there', async () => (await log('sighting')).at(-1).change === 'joined');
  const before = (await log('sighting')).length;
  const killedAtMs = Date.now();
  anna.kill();
  const left = await until('the server notices', async () => (await log('sighting')).slice(before).find((s) => s.change === 'left' && s.side === 'employee'), 2000);
  assert.equal(left.by, 'drop');
  await until('Jo is told', async () => /Waiting for the employee/.test(await words(verifier)), 2000);
  step(`a killed browser is noticed after ${left.at - killedAtMs} ms`);

  anna = await browserOf('anna', RED);
  employee = await anna.visit('/room/employee');
  await Promise.all([sees(employee, 'blue'), sees(verifier, 'red')]);
  await employee.locator('[data-challenge] h2').waitFor();
  step('Anna rejoins, is seen again, and finds the open challenge');

  await verifier.reload();
  await Promise.all([sees(employee, 'blue'), sees(verifier, 'red')]);
  step('Jo reloads the page and the call comes back');

  const second = await anna.visit('/room/employee');
  await Promise.all([sees(second, 'blue'), sees(verifier, 'red')]);
  await until('the first tab is told', async () => /another tab/.test(await words(employee)));
  assert.equal(await employee.evaluate(() => window.musterRoom.pc), null);
  step('a second tab takes over and the first says so');

  await second.locator('[data-act=leave]').click();
  await until('Jo is told that she left', async () => /The employee has left/.test(await words(verifier)));
  assert.equal(await words(second), 'You have left the room.');
  assert.equal((await log('sighting')).at(-1).by, 'choice');
  await second.locator('[data-act=leave]', { hasText: 'Join again' }).click();
  await sees(verifier, 'red');
  step('leaving is told apart from a lost line, and the way back is the same button');

  await post('/test/end');
  await Promise.all([second.waitForURL(/\/done$/), verifier.waitForURL(/\/form$/)]);
  const sightings = await log('sighting');
  const count = (change) => sightings.filter((s) => s.change === change).length;
  assert.equal(count('joined'), count('left'), 'every join has its leave');
  step('the end of the session sends each to their own next page');

  await jo.visit('/room/verifier', []).then(async (page) => {
    await until('Jo is told about the camera', async () => /did not give this page the camera/.test(await words(page)));
    const again = await anna.visit('/room/employee');
    await sees(page, 'red');
    assert.ok((await log('trouble')).some((t) => t.side === 'verifier' && t.step === 'camera' && t.error === 'not_allowed'));
    await Promise.all([page.context().close(), again.context().close()]);
  });
  step('without a camera of their own a person still sees the other, and the difficulty is recorded');
  return { anna, jo };
}

/** Signals that cross or get lost. */
async function theSignals({ anna, jo }) {
  const [employee, verifier] = [await anna.visit('/room/employee'), await jo.visit('/room/verifier?lose=offer')];
  await Promise.all([sees(employee, 'blue'), sees(verifier, 'red')]);
  const offers = await verifier.evaluate(() => window.sockets[0].sent.filter((t) => t.includes('"type":"offer"')).map((t) => JSON.parse(t).round));
  assert.ok(offers.length >= 2 && new Set(offers).size >= 2, 'the second offer belongs to a new round');
  step('a lost offer is made good by a new round');

  const pages = [employee, verifier];
  const names = () => Promise.all(pages.map((page) => page.evaluate(() => window.musterRoom.pc.localDescription.sdp.match(/ice-ufrag:(\S+)/)[1])));
  const before = await names();
  await Promise.all(pages.map((page) => page.evaluate(() => { window.kept = window.musterRoom.pc; window.kept.restartIce(); })));
  await until('both have new ICE names', async () => (await names()).every((name, i) => name !== before[i]));
  const frames = (await sight(employee)).frames;
  await until('frames go on', async () => (await sight(employee)).frames > frames + 10);
  for (const page of pages) {
    await until('the line is settled', () => page.evaluate(() => window.kept === window.musterRoom.pc && window.kept.connectionState === 'connected' && window.kept.signalingState === 'stable'));
    await page.context().close();
  }
  step('both restart ICE at the same moment and neither loses the picture');
}

/**
 * One page is loaded again in the midst of the negotiation: some milliseconds after it sent its offer, its answer or a
 * candidate. That is when the other side has promises under way on a connection it must give up.
 */
async function theReloads({ anna, jo }) {
  const rounds = Number(process.env.MUSTER_RELOADS ?? 12);
  const verifier = await jo.visit('/room/verifier');
  await until('Jo waits', async () => /Waiting for the employee/.test(await words(verifier)));
  const employee = await anna.visit('/room/employee');
  await Promise.all([sees(employee, 'blue'), sees(verifier, 'red')]);
  const tookMs = [];
  for (let n = 0; n < rounds; n += 1) {
    const moment = ['offer', 'answer', 'candidate'][n % 3];
    const [fleeing, other] = moment === 'answer' ? [employee, verifier] : [verifier, employee];
    await fleeing.evaluate((flee) => sessionStorage.setItem('flee', flee), `${moment} ${Math.floor(n / 3) * 4}`);
    await other.reload({ waitUntil: 'commit' });
    const hasFled = () => fleeing.evaluate(() => sessionStorage.getItem('flee') === null && window.musterRoom?.pc !== undefined);
    await until(`a reload after the ${moment}`, () => hasFled().catch(() => false));
    const startedAtMs = Date.now();
    await Promise.all([sees(employee, 'blue'), sees(verifier, 'red')]).catch(async (error) => {
      throw new Error(`${moment}, round ${n}: ${error.message}; ${await words(employee)} / ${await words(verifier)}\n${await media(employee)}\n${await media(verifier)}\n${complaints.join('\n')}`);
    });
    tookMs.push(Date.now() - startedAtMs);
  }
  for (const page of [employee, verifier]) await page.context().close();
  tookMs.sort((a, b) => a - b);
  const [median, worst] = [tookMs[tookMs.length >> 1], tookMs.at(-1)];
  assert.ok(worst < 15_000, `after ${worst} ms at worst: ${tookMs}`);
  step(`${rounds} reloads amid the negotiation: seen again after ${median} ms (median), ${worst} ms at worst`);
}

/** The verifier offers before her camera is open, and the employee's is opened just while that offer is being taken. */
async function theCrossing({ anna, jo }) {
  const verifier = await jo.visit('/room/verifier?camera=after-offer');
  const employee = await anna.visit('/room/employee?camera=amid-offer');
  await Promise.all([sees(employee, 'blue'), sees(verifier, 'red')]).catch(async (error) => {
    throw new Error(`${error.message}\n${await media(employee)}\n${await media(verifier)}`);
  });
  for (const page of [employee, verifier]) await page.context().close();
  step('a camera opened while the other side\'s offer is taken hides nobody\'s picture');
}

/** Pictures that stand still on a line that is up: nobody presses anything, and they move again. */
async function theRepairs({ anna, jo }) {
  const [employee, verifier] = await Promise.all([anna.visit('/room/employee'), jo.visit('/room/verifier')]);
  await Promise.all([sees(employee, 'blue'), sees(verifier, 'red')]);
  for (const [page, other, colour] of [[verifier, employee, 'blue'], [employee, verifier, 'red']]) {
    await page.evaluate(async () => {
      window.kept = window.musterRoom.pc;
      await window.kept.getSenders().find((s) => s.track?.kind === 'video').replaceTrack(null);
    });
    await until('a new round begins', () => page.evaluate(() => window.musterRoom.pc && window.kept !== window.musterRoom.pc));
    await sees(other, colour);
  }
  step('a picture that is no longer sent is noticed by its sender, on either side, and comes back in a new round');

  await employee.locator('[data-remote]').evaluate((video) => video.pause());
  await until('the player goes on', () => employee.locator('[data-remote]').evaluate((video) => !video.paused));
  step('a player that stopped goes on');

  await employee.locator('[data-remote]').evaluate((video) => { video.srcObject = null; });
  await sees(employee, 'blue');
  step('a player that lost its picture gets it again in a new round');
  await Promise.all([employee.context().close(), verifier.context().close()]);
}

/** Relay only: the browsers learn of each other nothing but the relay's address, with credentials coturn accepts. */
async function theRelay({ anna, jo }) {
  const [employee, verifier] = await Promise.all([anna.visit('/room/employee?relay=true'), jo.visit('/room/verifier?relay=true')]);
  await Promise.all([sees(employee, 'blue'), sees(verifier, 'red')]);
  const kinds = await employee.evaluate(async () => {
    const stats = await window.musterRoom.pc.getStats();
    return [...stats.values()].filter((s) => s.type.endsWith('-candidate')).map((s) => s.candidateType);
  });
  assert.deepEqual([...new Set(kinds)], ['relay']);
  for (const page of [employee, verifier]) {
    const sent = await page.evaluate(() => window.sockets.flatMap((s) => s.sent).join('\n'));
    const related = sent.match(/ raddr \S+ rport \d+/g);
    assert.ok(related.length > 0 && related.every((r) => r === ' raddr 0.0.0.0 rport 0'), String(related));
  }
  await Promise.all([employee.context().close(), verifier.context().close()]);
  step('with relay only, no address of a person crosses');
}

async function theSteps({ anna, jo }) {
  const denied = await anna.visit('/devices', []);
  await until('the text for a denied camera', async () => /did not give this page the camera.*Your attempt at .* has been noted/.test(await denied.locator('[data-message]').textContent()));
  const receipts = await log('receipt');
  assert.ok(receipts.some((r) => r.step === 'camera' && r.error === 'not_allowed' && Math.abs(r.at_ms - Date.now()) < 60_000));
  assert.equal(await denied.locator('[data-devices]').getAttribute('data-ready'), null);
  step('a denied camera is explained and the attempt is noted');

  const ready = await anna.visit('/devices');
  await ready.locator('[data-devices][data-ready]').waitFor();
  assert.equal(await ready.locator('[data-message]').textContent(), 'Camera and microphone work.');
  assert.ok((await ready.locator('[data-camera] option').count()) > 0);
  await ready.locator('[data-preview]').click();
  await until('the level moves (the fake microphone beeps)', () => ready.locator('[data-level]').evaluate((meter) => meter.value > 0.2));
  step('preview, device lists and sound level work');

  const silent = await anna.visit('/devices?silent=once');
  await silent.locator('[data-devices][data-ready]').waitFor();
  assert.equal(await silent.locator('[data-message]').textContent(), 'Camera and microphone work.');
  step('a camera that never answers is asked again');

  const camOnly = await anna.visit('/devices', ['camera']);
  await camOnly.locator('[data-devices][data-ready]').waitFor();
  await until('the text for a missing microphone', async () => /You can go on with the picture only/.test(await camOnly.locator('[data-message]').textContent()));
  step('a missing microphone is told and holds nobody up');

  const share = async (permissions, act) => {
    const page = await anna.visit('/place', permissions);
    await page.locator(`[data-act=${act}]`).click();
    await page.waitForURL(/\/done$/);
    await page.context().close();
    return (await log('place')).at(-1);
  };
  const granted = await share(['geolocation'], 'share');
  assert.deepEqual([granted.status, granted.lat, granted.lon, granted.accuracy_m, granted.time_zone], ['ok', '52.52', '13.4', '35', 'Europe/Lisbon']);
  assert.ok(Math.abs(Number(granted.captured_ms) - Date.now()) < 60_000);
  const refusedByBrowser = await share([], 'share');
  assert.deepEqual([refusedByBrowser.status, refusedByBrowser.lat, refusedByBrowser.time_zone], ['denied', '', 'Europe/Lisbon']);
  const refused = await share(['geolocation'], 'refuse');
  assert.deepEqual([refused.status, refused.lat], ['declined', '']);
  step('the place goes out granted, denied and refused, each in one click');

  const clock = await jo.visit('/clock');
  const shown = await clock.locator('[data-demo-now]').getAttribute('datetime');
  assert.ok(Math.abs(Date.parse(shown) - Date.now() - 3 * 86_400_000) < 10_000, 'the page lives three days ahead');
  assert.match(await clock.locator('[data-relative]').textContent(), /in 12 min/);
  await until('the countdown ends', async () => (await clock.locator('[data-countdown]').textContent()) === 'It is time.', 6000);
  step('relative times and the countdown follow the clock of the demo');

  const form = await jo.visit('/form');
  for (const key of ['2', 'Enter', '1', '2', 'Enter']) await form.keyboard.press(key);
  await form.keyboard.press('Shift+Tab');
  await form.keyboard.type('saw 1 tag');
  await form.keyboard.press('Tab');
  await form.keyboard.press('Enter');
  await form.waitForURL(/\/done$/);
  assert.deepEqual((await log('form')).at(-1), { first: 'refused', edge: 'yes', frozen: 'yes', note: 'saw 1 tag' });
  step('the verifier answers and sends by keyboard alone');
}

/** The answer to a request for a socket from a page of `origin`. */
const knock = (origin) => new Promise((resolve, reject) => {
  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', ...(origin && { origin }) };
  const request = http.get({ port, path: '/room/employee/socket?page=0123456789abcdef', headers });
  request.on('response', (answer) => { answer.destroy(); resolve(answer.statusCode); });
  request.on('upgrade', (answer, socket) => { socket.destroy(); resolve(answer.statusCode); });
  request.on('error', reject);
});

async function theDoor() {
  assert.equal(await knock(`http://localhost:${port}`), 101);
  assert.equal(await knock('http://elsewhere.example'), 403);
  assert.equal(await knock(undefined), 403);
  step('only pages of our own origin get a socket');
}

/** A machine that takes the seat of another check-in and then vanishes: it never answers a ping. */
function vanish() {
  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', origin: `http://localhost:${port}` };
  http.get({ port, path: '/room/silent/socket?page=0123456789abcdef', headers }).on('upgrade', (_, socket) => socket.resume());
}

async function theVanished() {
  const left = await until('silence is noticed', async () => (await log('sighting')).find((s) => s.by === 'silence'), 18_000);
  const joined = (await log('sighting')).find((s) => s.connection === left.connection && s.change === 'joined');
  assert.ok(left.at - joined.at >= 12_000 && left.at - joined.at < 18_000, `${left.at - joined.at} ms`);
  step(`a machine that vanished is noticed after ${left.at - joined.at} ms`);
}

/** What happens to a page that does not keep to the protocol. */
async function unruly({ anna }) {
  const page = await anna.visit('/done');
  const closed = (frame) => page.evaluate((text) => new Promise((resolve) => {
    const socket = new WebSocket(`ws://${location.host}/room/employee/socket?page=0123456789abcdef`);
    socket.onopen = () => socket.send(text.startsWith('binary') ? new Uint8Array(4) : text);
    socket.onclose = ({ code, reason }) => resolve(`${code} ${reason}`);
  }), frame);
  assert.equal(await closed('garbage'), '4003 not-understood');
  assert.equal(await closed('binary'), '4003 not-understood');
  assert.equal(await closed('{"type":"record"}'), '4003 not-understood');
  assert.equal(await closed('x'.repeat(70_000)), '4004 too-large');
  assert.equal(await closed('{"type":"bye"}'), '1000 bye');
  const flooded = await page.evaluate(() => new Promise((resolve) => {
    const socket = new WebSocket(`ws://${location.host}/room/employee/socket?page=0123456789abcdef`);
    socket.onopen = () => { for (let n = 0; n < 400; n += 1) socket.send('{"type":"receiving","frames_decoded":0,"bytes":0}'); };
    socket.onclose = ({ code, reason }) => resolve(`${code} ${reason}`);
  }));
  assert.equal(flooded, '4005 too-fast');
  step('garbage, unknown words, floods and giants are closed with their reason');
}

try {
  const people = await theCall();
  await theSignals(people);
  await theCrossing(people);
  await theReloads(people);
  await theRepairs(people);
  await theRelay(people);
  vanish();
  await theSteps(people);
  await theDoor();
  await unruly(people);
  await theVanished();
  assert.deepEqual(complaints, [], 'no console error and no CSP violation');
  step('no console error, no CSP violation');
} finally {
  for (const server of open) await server.close().catch(() => {});
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
