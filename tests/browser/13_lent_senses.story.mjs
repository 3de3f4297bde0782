// The demo on a machine without a camera, by somebody who is not in Berlin: both pages are lent a drawn person and a place.

import assert from 'node:assert/strict';
import { DESKTOP, picture } from './support/browser.mjs';
import { expectFramesToGrow } from './support/colour.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';
import { invite, openSession } from './support/meeting.mjs';

// The permissions only let Chromium name the addresses of a machine without a network; there is no camera to use them on.
export const title = 'the demo can be lived through without a camera';

const lend = async (page, names) => {
  await page.getByText('Camera and place').click();
  for (const name of names) await page.getByRole('radio', { name }).check();
};
const width = (page, selector) => page.locator(selector).evaluate((video) => video.videoWidth);

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '12', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);
  const anna = await browsers.person({ name: 'anna', camera: null, permissions: ['camera', 'microphone'], viewport: DESKTOP });
  const verifier = await browsers.person({ name: 'verifier', camera: null, permissions: ['camera', 'microphone'], viewport: DESKTOP });

  const id = await invite(demo, at, anna);
  await lend(anna, [/as declared/, 'a drawn person, without sound']);
  await anna.getByRole('button', { name: /I have read this|Go on/ }).click();
  await eventually('the drawn person', async () => (await width(anna, 'video[data-preview]')) === 640);
  await picture(anna, '13-drawn-person');
  await anna.getByRole('button', { name: 'I can see myself' }).click();
  await anna.getByRole('button', { name: 'Share my place' }).click();
  await anna.getByText('Your place is recorded').waitFor();

  await openSession(at, verifier, id);
  await lend(verifier, ['a drawn person, without sound']);
  await anna.goto(at('anna', `/check-ins/${id}/talk`));
  await verifier.getByRole('link', { name: 'Go into the room' }).click();
  for (const page of [anna, verifier]) {
    await eventually('the other drawn person', async () => (await width(page, 'video[data-remote]')) > 0, 30_000);
    await expectFramesToGrow(page, 'window.musterRoom.pc');
  }
  await picture(verifier, '13-two-drawn-people');

  await anna.goto(at('anna', '/practice'));
  await anna.getByText('Camera and place').click();
  assert.equal(await anna.getByRole('radio', { name: 'a drawn person, without sound' }).isChecked(), true, 'the choice is kept');
}
