// The harness itself, against a static page: two browsers see each other, positions and refusals
// arrive, and everything that goes wrong on a page is noticed.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Browsers, pictures } from './support/browser.mjs';
import { candidatePair, expectColour, expectFramesToGrow, pixel } from './support/colour.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';
import { staticCall } from './support/static_call.mjs';

export const title = 'the harness sees what happens in two browsers';

export async function story({ browsers, at_end }) {
  const call = await staticCall();
  at_end(call.close);
  const [anna, vera] = await Promise.all([
    browsers.person({ name: 'anna', camera: 'red', position: { latitude: 52.52, longitude: 13.4 } }),
    browsers.person({ name: 'vera', camera: 'blue' }),
  ]);
  await Promise.all([anna.goto(call.url('/?me=a')), vera.goto(call.url('/?me=b'))]);
  await expectColour(anna, '#remote', 'blue');
  await expectColour(vera, '#remote', 'red');
  await Promise.all([expectFramesToGrow(anna), expectFramesToGrow(vera)]);
  const pair = await candidatePair(anna);
  assert.match(pair.remote, /^(127\.0\.0\.1|::1)$/, 'the call left this machine');
  await assert.rejects(expectColour(anna, '#remote', 'red', 300), /in vain for #remote to be red/);
  assert.equal((await pixel(anna, '#remote')).length, 3);

  const position = await anna.evaluate(
    () => new Promise((resolve) => navigator.geolocation.getCurrentPosition((p) => resolve(p.coords.latitude))),
  );
  assert.equal(position, 52.52);
  await pictures(anna, 'harness');
  for (const size of ['phone', 'desktop']) {
    assert.ok(fs.statSync(`${import.meta.dirname}/../../test-output/harness-${size}.png`).size > 1000);
  }
  await refusals(call);
  await complaints(call);
  await services(at_end);
}

async function refusals(call) {
  const others = new Browsers();
  try {
    const shy = await others.person({ name: 'shy', permissions: [] });
    await shy.goto(call.url('/call.js')); // a page of the origin that asks for nothing
    const refused = await shy.evaluate(async () => {
      const camera = await navigator.mediaDevices.getUserMedia({ video: true }).catch((e) => e.name);
      const position = await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(() => resolve('given'), (e) => resolve(e.code)),
      );
      return { camera, position };
    });
    assert.deepEqual(refused, { camera: 'NotAllowedError', position: 1 });
  } finally {
    await others.close();
  }
}

async function complaints(call) {
  const others = new Browsers();
  try {
    const page = await others.person({ name: 'clumsy' });
    await page.goto(call.url('/call.js'));
    await page.evaluate(() => {
      console.error('something is odd');
      setTimeout(() => { throw new Error('boom'); });
      const image = new Image();
      image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
      document.body.append(image);
    });
    const all = () => others.complaints().join('\n');
    for (const seen of [/console: something is odd/, /script error: boom/, /security policy: img-src/]) {
      await eventually(`a complaint like ${seen}`, () => seen.test(all()));
    }
    others.expectComplaint(/odd|boom|img-src|Content Security Policy/);
    assert.deepEqual(others.complaints(), []);
    others.expectComplaint(/never seen/);
    assert.match(all(), /expected, but not seen/);
  } finally {
    await others.close();
  }
}

async function services(at_end) {
  const program = process.execPath;
  const serve = (port) => ({
    args: ['-e', `require('http').createServer((q, a) => a.end('hello')).listen(${port}, '127.0.0.1')`],
  });
  const service = await Service.start(serve, { program });
  at_end(() => service.close());
  assert.equal(await (await fetch(service.url('/'))).text(), 'hello');
  await service.kill9();
  await assert.rejects(fetch(service.url('/')));
  await service.startAgain();
  assert.equal((await fetch(service.url('/'))).status, 200);
  const early = Service.start(() => ({ args: ['-e', 'throw new Error("no port")'] }), { program });
  await assert.rejects(early, /ended before it was ready[^]*no port/);
}
