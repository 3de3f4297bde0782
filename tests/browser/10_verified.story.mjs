// The demo's first story, lived through by two people in two browsers: Anna is drawn, reads her
// invitation, says where she is, meets the verifier on live video, and is verified.

import assert from 'node:assert/strict';
import { DESKTOP, PHONE, follow, picture, pictures } from './support/browser.mjs';
import { expectColour, expectFramesToGrow } from './support/colour.mjs';
import { eventually } from './support/poll.mjs';
import { Service } from './support/service.mjs';
import { runThrough } from './support/meeting.mjs';

export const title = 'somebody is drawn, met on live video and verified';

const BERLIN = { latitude: 52.4862, longitude: 13.4249, accuracy: 30 };

export async function story({ browsers, at_end }) {
  const demo = await Service.start((port) => ({ args: ['demo', '--port', String(port), '--data', 'data', '--seed', '7', '--weeks', '0'] }));
  at_end(() => demo.close());
  const at = (who, path) => demo.url(path, `${who}.localhost`);

  const anna = await browsers.person({ name: 'anna', camera: 'red', position: BERLIN, viewport: PHONE });
  const verifier = await browsers.person({ name: 'verifier', camera: 'blue', viewport: DESKTOP });

  await anna.goto(demo.url('/demo', 'localhost'));
  await pictures(anna, '10-demo');
  await anna.getByRole('button', { name: 'Draw Anna now' }).click();

  // Drawn: sooner or later of the day. Nothing tells when before the announcement.
  const link = anna.locator('main a[href^="/check-ins/"]').first();
  await eventually('the check-in on Anna\'s first page', async () => {
    await anna.goto(at('anna', '/'));
    if (await link.count()) return true;
    await anna.getByRole('button', { name: '+30 min' }).click();
    return false;
  }, 60_000);
  await pictures(anna, '11-first-page');
  const id = (await link.getAttribute('href')).split('/')[2];

  await verifier.goto(demo.url('/demo/mailbox', 'localhost'));
  await follow(verifier.getByRole('link', { name: /Video check-in today/ }).first());
  await pictures(verifier, '12-invitation');
  const button = verifier.frameLocator('iframe').getByRole('link', { name: 'Open the check-in' });
  assert.equal(await button.getAttribute('href'), at('anna', `/check-ins/${id}`), 'a link leads its reader to a page of their own');

  await anna.goto(at('anna', `/check-ins/${id}`));
  await pictures(anna, '13-read');
  const code = (await anna.locator('.code').first().textContent()).trim();
  await anna.getByRole('button', { name: /I have read this|Go on/ }).click();
  await anna.locator('video[data-preview]').waitFor();
  await expectColour(anna, 'video[data-preview]', 'red');
  await picture(anna, '14-devices-phone');
  await anna.getByRole('button', { name: 'I can see myself' }).click();
  await picture(anna, '15-place-phone');
  await anna.getByRole('button', { name: 'Share my place' }).click();
  await anna.getByText('Your place is recorded').waitFor();
  await picture(anna, '15-place-recorded-phone');
  await anna.getByRole('link', { name: 'Go on' }).or(anna.getByRole('button', { name: 'Go on' })).click();
  await anna.waitForURL(/\/wait$/);
  await pictures(anna, '16-wait');

  // The verifier knows a time; the name comes when the room opens.
  await eventually('the session to open', async () => {
    await verifier.goto(at('verifier', '/verifier'));
    assert(!(await verifier.locator('main').textContent()).includes('Anna'), 'no name before the room opens');
    if (await verifier.getByRole('link', { name: /^Open/ }).count()) return true;
    await verifier.getByRole('button', { name: '+5 min' }).click();
    return false;
  }, 60_000);
  await pictures(verifier, '17-stand-by');
  await follow(verifier.getByRole('link', { name: /^Open/ }).first());
  await pictures(verifier, '18-join');
  assert((await verifier.locator('main').textContent()).includes(code), 'the same code stands on both pages');
  await anna.goto(at('anna', `/check-ins/${id}`));
  await anna.getByRole('link', { name: 'Go into the room' }).click();
  await anna.locator('[data-connection]').getByText(/waiting|not here|verifier/i).waitFor();
  await verifier.getByRole('link', { name: 'Go into the room' }).click();
  const call = 'window.musterRoom.pc';
  await expectColour(anna, 'video[data-remote]', 'blue');
  await expectColour(verifier, 'video[data-remote]', 'red');
  await expectFramesToGrow(anna, call);
  await expectFramesToGrow(verifier, call);
  await picture(anna, '19-talk-phone');

  await runThrough(verifier, async (n) => {
    const shown = anna.locator('[data-challenge] article');
    await eventually(`task ${n} on Anna's page`, async () => (await shown.getAttribute('data-position')) === String(n));
    const said = await verifier.locator('details[data-card]').nth(n - 1).locator('[data-say]').textContent();
    const read = await shown.locator('> p:not(.challenge-count)').textContent();
    // A code that is for the person alone stands on their page only.
    assert.equal(read.replace(/ type \S+\. It/, ' type the code on your page. It'), said, 'both read the same');
  });
  await pictures(verifier, '20-room');
  await verifier.locator('input[name="presence"][value="live_person_seen"]').check();
  await verifier.getByRole('button', { name: 'Send the form' }).click();
  await verifier.getByText(/thank you|recorded|sent/i).first().waitFor();
  await pictures(verifier, '21-form-sent');

  await eventually('Anna\'s last page', async () => {
    await anna.goto(at('anna', `/check-ins/${id}/done`));
    return /verified/i.test(await anna.locator('main').textContent());
  }, 20_000);
  await pictures(anna, '22-done');
  await anna.goto(demo.url('/demo', 'localhost'));
  await eventually('the receipt in the mailbox', async () => {
    await anna.goto(demo.url('/demo/mailbox', 'localhost'));
    return /receipt|recorded/i.test(await anna.locator('main').textContent());
  }, 20_000);
  await pictures(anna, '23-mailbox');
}
